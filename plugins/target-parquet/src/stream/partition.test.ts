import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadLines, record, schema, state, temporaryFolder } from "../../test/load-lines.ts";
import { readStream } from "../../test/read-stream.ts";

const properties = {
  id: { type: "integer" },
  country: { type: ["null", "string"] },
  at: { type: ["null", "string"], format: "date-time" },
};
const partition_by = ["country", "month(at)"];

interface Listed {
  path: string;
  partition: string;
  rows: number;
}

const files = (folder: string): Listed[] => JSON.parse(readFileSync(join(folder, "_tapline_manifest.json"), "utf8")).streams[0].files;

test("each row goes to the folder of its own values, in UTC; names are never paths", async () => {
  const folder = temporaryFolder();
  const text =
    schema(properties) +
    record({ id: 1, country: "DE", at: "2024-05-31T23:30:00Z" }) +
    record({ id: 2, country: "DE", at: "2024-06-01T00:30:00+02:00" }) +
    record({ id: 3, country: "../x/é", at: "2024-06-01T00:30:00Z" }) +
    record({ id: 4, country: null, at: null }) +
    record({ id: 5, country: "DE", at: "2024-05-01T00:00:00Z" });
  expect((await loadLines(folder, text, { partition_by })).failure).toBeUndefined();
  expect(files(folder).map(({ partition, rows }) => [partition, rows])).toEqual(
    expect.arrayContaining([
      ["country=DE/at_month=2024-05", 3],
      ["country=..%2Fx%2F%C3%A9/at_month=2024-06", 1],
      ["country=__HIVE_DEFAULT_PARTITION__/at_month=__HIVE_DEFAULT_PARTITION__", 1],
    ]),
  );
  for (const { path, partition } of files(folder)) expect(path.startsWith(`s/${partition}/`)).toBe(true);
  expect((await readStream("s", folder))?.map(({ id, country }) => [Number(id), country]).sort()).toEqual([
    [1, "DE"],
    [2, "DE"],
    [3, "../x/é"],
    [4, null],
    [5, "DE"],
  ]);
});

test("a key that moves to another partition is there once, with its newest row, also within one commit", async () => {
  const folder = temporaryFolder();
  const rows = [
    { id: 1, country: "DE" },
    { id: 2, country: "FR" },
    { id: 1, country: "FR" },
    { id: 2, country: "DE" },
    { id: 1, country: "DE" },
  ];
  const load = (part: readonly object[], settings: object) =>
    loadLines(folder, schema(properties, ["id"]) + part.map((row) => record(row)).join("") + state(1), {
      partition_by: { s: ["country"] },
      ...settings,
    });
  const stored = async () => (await readStream("s", folder))?.map(({ id, country }) => [Number(id), country]).sort();
  expect((await load(rows, {})).summaries).toMatchObject([{ loaded: 2, superseded: 3, in_table: 2 }]);
  expect(await stored()).toEqual([
    [1, "DE"],
    [2, "DE"],
  ]);
  await load(
    [
      { id: 1, country: "IT" },
      { id: 2, _sdc_deleted_at: "2026-01-01T00:00:00Z" },
    ],
    { hard_delete: true },
  );
  expect(await stored()).toEqual([[1, "IT"]]);
  expect(files(folder).map(({ partition }) => partition)).toEqual(["country=IT"]);
});

const input = schema(properties, ["id"]) + record({ id: 1, country: "DE" }) + state(1);

test.each([
  [["contry"], "partition_column_missing", '"s" has no column "contry"', "Did you mean country?"],
  [["nope"], "partition_column_missing", '"s" has no column "nope"', "its columns: id, country, at."],
  [{ s: ["month(att)"] }, "partition_column_missing", '"s" has no column "att"', "Did you mean at?"],
  [["week(at)"], "partition_function_unknown", 'no function "week"', "year(c), month(c), day(c) and hour(c)"],
  [["month(country)"], "partition_not_a_time", 'the column "country" of the stream "s" is STRING', '"country" alone'],
  [["day(id)"], "partition_not_a_time", 'the column "id" of the stream "s" is INT64', '"id" alone'],
  [{ S: ["country"] }, "partition_stream_unknown", 'the stream "S", which the tap did not send; it sent "s"', 'Write "s"'],
])("partition_by %j is an error before a row is there: %s", async (partition_by, code, message, hint) => {
  const folder = temporaryFolder();
  const { failure, states } = await loadLines(folder, input, { partition_by });
  expect(failure).toMatchObject({ code, message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
  expect(states).toEqual([]);
  expect(await readStream("s", folder)).toBeNull();
});

test("a column whose name looks like a function is a column", async () => {
  const folder = temporaryFolder();
  const text = schema({ "month(at)": { type: "string" } }) + record({ "month(at)": "x" });
  expect((await loadLines(folder, text, { partition_by: ["month(at)"] })).failure).toBeUndefined();
  expect(files(folder).map(({ partition }) => partition)).toEqual(["month%28at%29=x"]);
});

test("a stream that nobody has sent is a warning; one of an earlier load is none", async () => {
  const folder = temporaryFolder();
  const partition_by = { customers: ["country"], s: ["country"], "*": [] };
  const first = await loadLines(folder, input, { partition_by });
  expect([first.failure, first.warnings]).toEqual([
    undefined,
    [expect.stringContaining('the stream "customers", which the tap did not send')],
  ]);
  const other = await loadLines(folder, schema(properties, [], "customers") + record({ id: 1 }, {}, "customers"), { partition_by });
  expect([other.failure, other.warnings]).toEqual([undefined, []]);
});

test("keys without a sequence are an error before a row is written", async () => {
  const without = { partition_by: ["country"], add_record_metadata: false };
  expect((await loadLines(temporaryFolder(), input, without)).failure).toMatchObject({ code: "partition_needs_sequence" });
});
