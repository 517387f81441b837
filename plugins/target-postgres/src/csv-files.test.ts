/** Files of canonical CSV: which of them the server reads itself, and that nothing is left of the way there. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CsvFile, FileColumn, RowBatch, RowFile, Sink, TargetStream } from "@tapline/sdk";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { batch, settings, stream, withSink } from "../test/rows.ts";

const properties = { id: { type: "integer" }, name: { type: ["null", "string"] }, price: { type: ["null", "number"], multipleOf: 0.01 } };
const cell = (name: string, kind: FileColumn["kind"], more = {}): FileColumn => ({ name, kind, scale: 0, hasNulls: true, ...more });
const columns = [cell("id", "integer", { hasNulls: false }), cell("name", "text"), cell("price", "decimal", { scale: 2 })];

function csvFile(lines: readonly string[], more: Partial<CsvFile> = {}): RowFile {
  const folder = mkdtempSync(join(tmpdir(), "csv-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [path, text] = [join(folder, "rows.csv"), lines.map((line) => `${line}\n`).join("")];
  writeFileSync(path, text);
  return {
    format: "csv",
    path,
    byteLength: text.length,
    rows: lines.length,
    columns,
    delimiter: ",",
    quote: '"',
    lineEnd: "\n",
    placeOf,
    ...more,
  };
}

const placeOf = (row: number) => ({ file: "items.csv", line: row + 11 });

const times = new Map([["_sdc_received_at", "2026-11-30T12:00:00.5Z"]]);

function fileBatch(file: RowFile): RowBatch {
  const none = (): never => {
    throw new Error("the rows are in the file");
  };
  const metadata = () => ({ values: times, sequence: 100 });
  return {
    stream: "s",
    count: file.rows,
    byteLength: file.byteLength,
    file: { ...file, metadata },
    rows: none,
    mayReject: false,
    reject: none,
    rejected: 0,
  };
}

const withMetadata = {
  ...properties,
  _sdc_received_at: { type: ["null", "string"], format: "date-time" },
  _sdc_sequence: { type: ["null", "integer"] },
};

async function loadFile(database: TestDatabase, file: RowFile, keys: string[]) {
  return withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream(withMetadata, keys));
    expect(await writer.takesFile?.(file)).toBe(true);
    await writer.write(fileBatch(file));
    return (await sink.commit()).counts.get("s");
  });
}

const table = "SELECT id, name, price, _sdc_received_at, _sdc_sequence FROM s ORDER BY id";
/** Defaults of the table, and sequences and tables besides it and the ledger. */
const left = `SELECT (SELECT count(*) FROM pg_attrdef WHERE adrelid = 's'::regclass),
  (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'S') AND relname <> 's' AND relname LIKE '%tapline\\_%' AND relname <> '_tapline_loads')`;

test("the server reads a file into a new table, and then one into a table with rows", async () => {
  const database = await testDatabase();
  expect(await loadFile(database, csvFile(['3,"a ""b"", c",1.50', "1,,", '2,"",-0.01']), ["id"])).toEqual({
    inserted: 3,
    updated: 0,
    superseded: 0,
  });
  const at = "2026-11-30 12:00:00.5+00";
  expect(await database.read(table)).toEqual([
    ["1", null, null, at, "101"],
    ["2", "", "-0.01", at, "102"],
    ["3", 'a "b", c', "1.50", at, "100"],
  ]);
  expect(await database.read(left)).toEqual([["0", "0"]]);
  // Another load's own default is not a value of the rows.
  await database.read("ALTER TABLE s ALTER COLUMN _sdc_sequence SET DEFAULT 7");
  expect(await loadFile(database, csvFile(["3,c,", "4,d,2.00", "4,e,3.00"]), ["id"])).toEqual({ inserted: 1, updated: 1, superseded: 1 });
  expect((await database.read(table)).slice(2)).toEqual([
    ["3", "c", null, at, "100"],
    ["4", "e", "3.00", at, "102"],
  ]);
  expect(await database.read(left)).toEqual([["1", "0"]]);
});

test("a key that a new table gets refuses repeated rows: the last one of each stays", async () => {
  const database = await testDatabase();
  expect(await loadFile(database, csvFile(["2,a,", "1,b,", "2,c,", "1,d,"]), ["id"])).toEqual({ inserted: 2, updated: 0, superseded: 2 });
  expect(await database.read("SELECT id, name FROM s ORDER BY id")).toEqual([
    ["1", "d"],
    ["2", "c"],
  ]);
  expect(await database.read("SELECT count(*) FROM pg_constraint WHERE conrelid = 's'::regclass AND contype = 'p'")).toEqual([["1"]]);
});

const reject = (): void => {};

test.each<[name: string, create: string | undefined, about: TargetStream, more: Partial<CsvFile>, isTaken: boolean]>([
  ["a new table", undefined, stream(properties), {}, true],
  ["a new table, rows are rejected", undefined, { ...stream(properties, ["id"]), reject }, {}, true],
  ["rows that are appended where others see them", "(id bigint, name text, price numeric)", stream(properties), {}, false],
  ["rows that replace others", "(id bigint, name text, price numeric)", stream(properties, ["id"]), {}, true],
  ["rows that overwrite others", "(id bigint, name text, price numeric)", stream(properties, [], "overwrite"), {}, true],
  ["rows that the table may refuse", "(id bigint, name text, price numeric)", { ...stream(properties, ["id"]), reject }, {}, false],
  ["a column that is too narrow", "(id bigint, name varchar(3), price numeric)", stream(properties, ["id"]), {}, false],
  ["a column of money", "(id bigint, name text, price money)", stream(properties, ["id"]), {}, false],
  ["a key that may be null", undefined, stream(properties, ["name"]), {}, false],
  ["cells without quotes", undefined, stream(properties), { quote: null }, false],
  ["a cell that is left out", undefined, stream(properties), { columns: [...columns, null] }, false],
  ["a column without a cell", undefined, stream(properties), { columns: columns.slice(0, 2) }, false],
])("whether a file is taken: %s", async (_, create, about, more, isTaken) => {
  const database = await testDatabase();
  if (create !== undefined) await database.read(`CREATE TABLE s ${create}`);
  await withSink(settings(database), async (sink: Sink) => {
    const writer = await sink.open(about);
    expect(await writer.takesFile?.(csvFile(["1,a,1"], more))).toBe(isTaken);
  });
});

test("a file with a row that the server refuses fails the load, which names its place", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint PRIMARY KEY, name text CHECK (name <> 'b'), price numeric)");
  const load = withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream(properties, ["id"]));
    await writer.write(batch([{ id: 1, name: "a", price: 1 }]));
    await writer.write(fileBatch(csvFile(["2,c,1", "3,b,1"])));
    await sink.commit();
  });
  await expect(load).rejects.toMatchObject({ code: "constraint_refuses", position: { stream: "s", file: "items.csv", line: 12 } });
  expect(await database.read("SELECT count(*) FROM s")).toEqual([["0"]]);
});
