import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig, load, type Target, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import { expect, onTestFinished, test } from "vitest";
import target from "./index.ts";

const nested = {
  type: ["null", "object"],
  properties: { zip: { type: "string" }, geo: { type: "object", properties: { lat: { type: "number" } } } },
};
const schema = `{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"},"address":${JSON.stringify(nested)},"tags":{"type":"array"}}},"key_properties":["id"]}\n`;
const settings = { flattening_enabled: true, flattening_max_depth: 1, add_record_metadata: false };

async function loaded(records: readonly string[], more: object = settings) {
  const folder = mkdtempSync(join(tmpdir(), "target-jsonl-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { config } = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config), { destination_path: folder, ...more });
  const lines = records.map((record) => `{"type":"RECORD","stream":"s","record":${record}}\n`);
  async function* input() {
    yield Buffer.from(schema + lines.join(""));
  }
  for await (const _ of load(target as unknown as Target, config, input()));
  return readFileSync(join(folder, "s.jsonl"), "utf8");
}

test("nested properties are fields of the line, with their digits; what is not flattened keeps its value", async () => {
  const record = '{"id":1,"address":{"zip":"a","geo":{"lat":0.10000000000000000555},"more":{"x":1}},"tags":[{"y":2}]}';
  expect(await loaded([record, '{"id":2,"address":null}'])).toBe(
    '{"id":1,"address__zip":"a","address__geo":{"lat":0.10000000000000000555},"address__more":{"x":1},"tags":[{"y":2}]}\n{"id":2,"address__zip":null,"address__geo":null}\n',
  );
});

test("depth 0 flattens nothing, and without a depth nothing is loaded", async () => {
  const record = '{"id":1,"address":{"zip":"a"}}';
  expect(await loaded([record], { ...settings, flattening_max_depth: 0 })).toBe(`${record}\n`);
  await expect(loaded([record], { flattening_enabled: true })).rejects.toMatchObject({ code: "flattening_depth_missing" });
});

test("records are checked as the tap sent them", async () => {
  await expect(loaded(['{"id":1,"address":{"zip":null}}'])).rejects.toMatchObject({
    code: "record_invalid",
    message: expect.stringContaining("address.zip must be string"),
    position: { stream: "s", line: 2, column: "address" },
  });
});
