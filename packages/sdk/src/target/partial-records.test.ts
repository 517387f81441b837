import { TaplineError } from "@tapline/protocol";
import { expect, test } from "vitest";
import { memoryTarget, pieces, run, schema, settings } from "../../test/memory-target.ts";
import type { Target, TargetStream } from "./define.ts";
import { withMetadataColumns } from "./metadata.ts";
import { unchangedReader } from "./partial-records.ts";
import { recordValidator } from "./validate.ts";

const sent = { type: "object", properties: { id: { type: "integer" }, a: { type: "string" }, b: {} }, required: ["id", "a"] };
const stream: TargetStream = { name: "s", schema: withMetadataColumns(sent), keys: ["id"], loadMethod: "upsert" };

test("a list names columns to keep; null and a record that deletes keep none", () => {
  const read = unchangedReader(stream, sent, { isSupported: true });
  expect(read({ id: 1 }, ["a", "b"], 1)).toEqual(["a", "b"]);
  for (const list of [undefined, null, []]) expect(read({ id: 1 }, list, 1)).toEqual([]);
  expect(read({ id: 1, _sdc_deleted_at: "2026-01-01T00:00:00Z" }, ["a"], 1)).toEqual([]);
  expect(unchangedReader({ ...stream, schema: sent }, sent, { isSupported: true })({ id: 1, _sdc_deleted_at: "x" }, ["a"], 1)).toEqual([
    "a",
  ]);
});

test.each<[unknown, string]>([
  ["a", "no list"],
  [{}, "no list"],
  [[1], "no text"],
  [["c"], 'no property "c"'],
  [["toString"], 'no property "toString"'],
  [["id"], '"id" is a key property'],
  [["a"], 'the record has "a"'],
])("the list %j is an error about the row: %s", (list, why) => {
  const error = unchangedReader(stream, sent, { isSupported: true })({ id: 1, a: null }, list, 7);
  expect(error).toBeInstanceOf(TaplineError);
  expect(error).toMatchObject({ code: "unchanged_invalid", recovery: "skip", position: { stream: "s", line: 7 } });
  expect((error as TaplineError).message).toContain(why);
});

test.each<[string, TargetStream, boolean, string]>([
  ["a target that can't keep values", stream, false, "this target can't"],
  ["appended rows", { ...stream, loadMethod: "append-only" }, true, "are appended"],
  ["a stream without keys", { ...stream, keys: [] }, true, "are appended"],
])("the row is refused for %s", (_name, of, isSupported, why) => {
  const error = unchangedReader(of, sent, { isSupported })({ id: 1 }, ["a", "b"], 7);
  expect(error).toMatchObject({ code: "unchanged_refused", recovery: "skip", message: expect.stringContaining(why) });
  expect((error as TaplineError).message).toContain('"a", "b"');
});

test("a required property may be unchanged; what the record has is checked all the same", () => {
  const problemOf = recordValidator(sent);
  expect(problemOf({ id: 1 }, false)).toMatchObject({ column: "a" });
  expect(problemOf({ id: 1 }, false, ["a"])).toBeUndefined();
  expect(problemOf({ id: 1 }, false, ["b"])).toMatchObject({ column: "a" });
  expect(problemOf({ id: "x" }, false, ["a"])).toMatchObject({ column: "id" });
});

test("a target without the capability stores no NULL: the load fails, or the row is rejected with its list", async () => {
  const line = '{"type":"RECORD","stream":"s","unchanged":["a"],"record":{"id":1}}\n';
  const input = () => pieces(schema("s", ["id"], sent.properties) + line);
  const { target, durable, kept } = memoryTarget();
  expect((await run(target as unknown as Target, settings(), input(), {})).failure).toMatchObject({
    code: "unchanged_refused",
    position: { line: 2 },
  });
  expect((await run(target as unknown as Target, settings({ on_error: "reject" }), input(), {})).failure).toBeUndefined();
  expect(durable).toEqual([]);
  expect(kept).toMatchObject([{ code: "unchanged_refused", record: '{"id":1}', metadata: '{"unchanged":["a"]}' }]);
});
