/** Files of binary COPY: which of them the server reads, into which tables, and that a table which changes meanwhile gets none of them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PgcopyFile, type PgFileColumn, pgHeader, type RowBatch, type Sink, type TargetStream } from "@tapline/sdk";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { batch, settings, stream, withSink } from "../test/rows.ts";

const properties = {
  id: { type: "integer" },
  name: { type: ["null", "string"] },
  facts: {},
  _sdc_received_at: { type: ["null", "string"], format: "date-time" },
  _sdc_deleted_at: { type: ["null", "string"], format: "date-time" },
  _sdc_sequence: { type: ["null", "integer"] },
};
const column = (name: string, type: PgFileColumn["type"], more = {}): PgFileColumn => ({
  name,
  type,
  digits: undefined,
  hasNulls: true,
  ...more,
});
const columns = [column("id", "int8", { hasNulls: false }), column("name", "text"), column("facts", "json")];

function fileOf(rows: readonly (readonly (string | number | null)[])[], more: Partial<PgcopyFile> = {}): PgcopyFile {
  const folder = mkdtempSync(join(tmpdir(), "pgcopy-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "rows.pgcopy");
  const parts: Buffer[] = [pgHeader];
  const number = (bytes: number, value: number): Buffer => {
    const part = Buffer.alloc(bytes);
    part.writeIntBE(value, bytes === 8 ? 2 : 0, Math.min(bytes, 6));
    return part;
  };
  for (const row of rows) {
    parts.push(number(2, row.length));
    for (const value of row) {
      const bytes = value === null ? undefined : typeof value === "number" ? number(8, value) : Buffer.from(value);
      parts.push(number(4, bytes?.length ?? -1), bytes ?? Buffer.alloc(0));
    }
  }
  const content = Buffer.concat([...parts, number(2, -1)]);
  writeFileSync(path, content);
  const placeOf = (row: number) => ({ file: "items", line: row + 1 });
  return { format: "pgcopy", path, byteLength: content.length, rows: rows.length, columns, placeOf, ...more };
}

function fileBatch(file: PgcopyFile): RowBatch {
  const none = (): never => {
    throw new Error("the rows are in the file");
  };
  const values = new Map<string, unknown>([
    ["_sdc_received_at", "2026-11-30T12:00:00.5Z"],
    ["_sdc_deleted_at", null],
  ]);
  const metadata = () => ({ values, sequence: 2 ** 33 });
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

const table = "SELECT id, name, facts, _sdc_received_at, _sdc_deleted_at, _sdc_sequence FROM s ORDER BY id, name";
const long = "x".repeat(600_000);

test("the server reads a file into a new table, then others into the table with its rows, appended and upserted", async () => {
  const database = await testDatabase();
  const load = (file: PgcopyFile, about: TargetStream) =>
    withSink(settings(database), async (sink) => {
      const writer = await sink.open(about);
      expect(await writer.takesFile?.(file)).toBe(true);
      await writer.write(fileBatch(file));
      return (await sink.commit()).counts.get("s");
    });
  const at = "2026-11-30 12:00:00.5+00";
  await load(
    fileOf([
      [1, "a", '{"b":1}'],
      [2, null, null],
      [3, long, "[]"],
    ]),
    stream(properties),
  );
  await load(
    fileOf([
      [1, "b", '"x"'],
      [2, "", null],
    ]),
    stream(properties),
  );
  const sequence = (more: number): string => String(2 ** 33 + more);
  expect(await database.read(table)).toEqual([
    ["1", "a", '{"b": 1}', at, null, sequence(0)],
    ["1", "b", '"x"', at, null, sequence(0)],
    ["2", "", null, at, null, sequence(1)],
    ["2", null, null, at, null, sequence(1)],
    ["3", long, "[]", at, null, sequence(2)],
  ]);
  await database.read("DROP TABLE s");
  await load(
    fileOf([
      [1, "a", null],
      [2, "b", null],
    ]),
    stream(properties, ["id"]),
  );
  expect(
    await load(
      fileOf([
        [2, "c", null],
        [3, "d", null],
        [3, "e", null],
      ]),
      stream(properties, ["id"]),
    ),
  ).toEqual({
    inserted: 1,
    updated: 1,
    superseded: 1,
  });
  expect((await database.read(table)).map(([id, name]) => `${id}${name}`)).toEqual(["1a", "2c", "3e"]);
});

const reject = (): void => {};
const own = "_sdc_received_at timestamptz, _sdc_deleted_at timestamptz, _sdc_sequence bigint";

test.each<[name: string, create: string | undefined, about: TargetStream, more: Partial<PgcopyFile>, isTaken: boolean]>([
  ["a new table, rows are rejected", undefined, { ...stream(properties, ["id"]), reject }, {}, true],
  ["rows that are appended where others see them", `(id bigint, name text, facts jsonb, ${own})`, stream(properties), {}, true],
  ["columns of json and varchar", `(id bigint, name varchar, facts json, ${own})`, stream(properties), {}, true],
  ["rows that the table may refuse", `(id bigint, name text, facts jsonb, ${own})`, { ...stream(properties, ["id"]), reject }, {}, false],
  ["a narrower number", `(id int, name text, facts jsonb, ${own})`, stream(properties), {}, false],
  ["a column that is too narrow", `(id bigint, name varchar(3), facts jsonb, ${own})`, stream(properties), {}, false],
  ["a type of an extension", `(id bigint, name citext, facts jsonb, ${own})`, stream(properties), {}, false],
  ["a domain", `(id positive, name text, facts jsonb, ${own})`, stream(properties), {}, false],
  [
    "another type of the sequence",
    `(id bigint, name text, facts jsonb, _sdc_received_at timestamptz, _sdc_sequence numeric)`,
    stream(properties),
    {},
    false,
  ],
  ["a key that may be null", undefined, stream(properties, ["name"]), {}, false],
  ["a column without a value", undefined, stream(properties), { columns: columns.slice(0, 2) }, false],
  [
    "another type than the schema's",
    undefined,
    stream(properties),
    { columns: [columns[0] as PgFileColumn, column("name", "uuid"), columns[2] as PgFileColumn] },
    false,
  ],
])("whether a file is taken: %s", async (_, create, about, more, isTaken) => {
  const database = await testDatabase();
  await database.read("CREATE EXTENSION citext", "CREATE DOMAIN positive AS bigint CHECK (VALUE > 0)");
  if (create !== undefined) await database.read(`CREATE TABLE s ${create}`);
  await withSink(settings(database), async (sink: Sink) => {
    const writer = await sink.open(about);
    expect(await writer.takesFile?.(fileOf([[1, "a", null]], more))).toBe(isTaken);
  });
});

test.each<[string, number, number, boolean]>([
  ["fewer digits", 10, 2, true],
  ["as many", 12, 4, true],
  ["more after the point", 10, 5, false],
  ["more before it", 12, 3, false],
])("a decimal column takes numbers with %s", async (_, precision, scale, isTaken) => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (price numeric(12,4))");
  const price = { type: ["null", "number"], "x-singer.decimal": true, precision: 12, scale: 4 };
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ price }));
    const file = fileOf([], { columns: [column("price", "numeric", { digits: { precision, scale } })] });
    expect(await writer.takesFile?.(file)).toBe(isTaken);
    expect(await writer.takesFile?.({ ...file, columns: [column("price", "numeric")] })).toBe(false);
  });
});

test("a row that the server refuses fails the load, which names its place; nothing of it stays", async () => {
  const database = await testDatabase();
  await database.read(`CREATE TABLE s (id bigint PRIMARY KEY, name text CHECK (name <> 'b'), facts jsonb, ${own})`);
  const load = withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream(properties));
    await writer.write(batch([{ id: 1, name: "a" }]));
    await writer.write(
      fileBatch(
        fileOf([
          [2, "c", null],
          [3, "b", null],
        ]),
      ),
    );
    await sink.commit();
  });
  await expect(load).rejects.toMatchObject({ code: "constraint_refuses", position: { stream: "s", file: "items", line: 2 } });
  expect(await database.read("SELECT count(*) FROM s")).toEqual([["0"]]);
});

test("a column that gets another type after it was looked at gets no bytes of the old one", async () => {
  const database = await testDatabase();
  await database.read(`CREATE TABLE s (id bigint, name text, facts jsonb, ${own})`);
  const load = withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream(properties));
    const file = fileOf([[4_607_182_418_8, "a", null]]);
    expect(await writer.takesFile?.(file)).toBe(true);
    await sink.commit();
    await database.read("ALTER TABLE s ALTER id TYPE double precision");
    await writer.write(fileBatch(file));
    await sink.commit();
  });
  await expect(load).rejects.toMatchObject({ code: "column_type_changed", message: expect.stringContaining('"id"') });
  expect(await database.read("SELECT count(*) FROM s")).toEqual([["0"]]);
});
