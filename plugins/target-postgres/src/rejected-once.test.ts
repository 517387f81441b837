import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { pipe } from "../test/pipe.ts";

const start = '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":[]}';
const linesOf = (...records: string[]): Buffer =>
  Buffer.from([start, ...records.map((each) => `{"type":"RECORD","stream":"s","record":${each}}`), ""].join("\n"));

test("a row is not stored too where its column becomes wider after it was rejected", async () => {
  const database = await testDatabase();
  const wide = "12345678901234567890123456789012345678901";
  const settings = { on_error: "reject", validate_records: false };
  const { failure, summary } = await pipe(database, linesOf('{"id":0.000000000000001}', `{"id":${wide}}`), settings);
  expect(failure).toBeUndefined();
  expect(summary).toMatchObject({ received: 2, loaded: 1, rejected: 1 });
  expect(await database.read("SELECT id FROM s")).toEqual([[wide]]);
  expect(await database.read("SELECT record FROM s__rejects")).toEqual([['{"id":0.000000000000001}']]);
});

test.each([
  ["half a surrogate pair", '"\\ud800"', "lone_surrogate"],
  ["a number that is none", "NaN", "record_invalid"],
])("a row with %s in a metadata column that it sends itself is rejected", async (_, value, code) => {
  const database = await testDatabase();
  const declared = start.replace('{"id"', '{"_sdc_extracted_at":{"type":"string"},"id"');
  const odd = `{"id":1,"_sdc_extracted_at":${value}}`;
  const lines = Buffer.from(linesOf(odd, '{"id":2,"_sdc_extracted_at":"2026-01-02T03:04:05Z"}').toString().replace(start, declared));
  const { failure, summary } = await pipe(database, lines, { on_error: "reject" });
  expect(failure).toBeUndefined();
  expect(summary).toMatchObject({ received: 2, loaded: 1, rejected: 1 });
  const [[record, found, metadata] = []] = await database.read("SELECT record, code, metadata FROM s__rejects");
  expect([record, found]).toEqual([odd, code]);
  expect(Object.keys(JSON.parse(metadata as string))).not.toContain("_sdc_extracted_at");
});
