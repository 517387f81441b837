import type { JsonSchema } from "@tapline/protocol";
import { expect, test } from "vitest";
import { memoryTarget, pieces, row, run, schema, settings } from "../../test/memory-target.ts";
import type { Target } from "./define.ts";

async function loaded(properties: Record<string, JsonSchema>, more = {}) {
  const { target, durable } = memoryTarget();
  const config = settings({ add_record_metadata: true, ...more });
  const { failure } = await run(target as unknown as Target, config, pieces(schema("s", [], properties) + row("s", 1)), {});
  return { failure, durable };
}

test.each<[string, JsonSchema]>([
  ["_sdc_deleted_at", { type: ["null", "boolean"] }],
  ["_sdc_extracted_at", { anyOf: [{ type: "integer" }, { type: "null" }] }],
  ["_sdc_sequence", { type: "string" }],
])("a property %s of type %j is an error that names it, unless there are no metadata columns", async (name, property) => {
  const { failure, durable } = await loaded({ [name]: property });
  expect(failure).toMatchObject({ code: "reserved_property", position: { stream: "s", column: name } });
  expect((failure as Error).message).toContain(JSON.stringify(name));
  expect(durable).toEqual([]);
  expect((await loaded({ [name]: property }, { add_record_metadata: false })).failure).toBeUndefined();
});

test.each<[string, JsonSchema]>([
  ["_sdc_deleted_at", { type: ["null", "string"], format: "date-time" }],
  ["_sdc_deleted_at", { anyOf: [{ type: "string", format: "date-time" }, {}] }],
  ["_sdc_extracted_at", { type: "string" }],
  ["_sdc_sequence", { type: ["integer", "null"] }],
  ["_sdc_source_file", { type: "integer" }],
])("a property %s of type %j is taken", async (name, property) => {
  expect((await loaded({ [name]: property })).failure).toBeUndefined();
});
