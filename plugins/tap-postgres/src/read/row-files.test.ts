/** Which rows go into files: many, of tables whose columns all have a binary form, and none with a value that its type on the wire can't say. */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract, type FileOutput } from "@tapline/sdk";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { settings } from "../../test/tap-run.ts";
import { tapPostgres } from "../index.ts";

function output(rowsPerFile?: number): FileOutput {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "row-files-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { format: "pgcopy", folder, rowsPerFile };
}

interface Message {
  type: string;
  record?: Record<string, unknown>;
  schema?: { properties: Record<string, { type: unknown; format?: string }> };
  encoding?: object;
  files?: { rows: number; nulls: string[] }[];
}

async function messages(database: TestDatabase, files: FileOutput): Promise<Message[]> {
  const found: Message[] = [];
  for await (const bytes of extract(tapPostgres(0), settings(database), { files }))
    for (const line of Buffer.from(bytes).toString().split("\n").slice(0, -1)) found.push(JSON.parse(line) as Message);
  return found;
}

const short = (all: readonly Message[]): string[] =>
  all.map(({ type, record, files }) =>
    type === "RECORD" ? `row ${record?.id}` : type === "BATCH" ? `${files?.[0]?.rows} in a file` : type,
  );

test("many rows are in files of about 32 MiB, which say where nulls are", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE t (id int PRIMARY KEY, body text STORAGE PLAIN, note text)",
    "INSERT INTO t SELECT n, repeat('x', 7000), CASE WHEN n = 9000 THEN NULL ELSE '' END FROM generate_series(1, 9000) AS n",
  );
  const files = output();
  const found = await messages(database, files);
  const batches = found.filter(({ type }) => type === "BATCH");
  expect(found.filter(({ type }) => type === "RECORD")).toEqual([]);
  expect(batches.reduce((sum, { files: [file] = [] }) => sum + (file?.rows ?? 0), 0)).toBe(9000);
  expect(batches.length).toBeGreaterThan(1);
  expect(batches.map(({ files: [file] = [] }) => file?.nulls.join())).toEqual([...batches.slice(1).map(() => ""), "note"]);
  expect(batches[0]?.encoding).toEqual({ format: "pgcopy", columns: ["id", "body", "note"], types: ["int8", "text", "text"] });
  expect(readdirSync(files.folder)).toHaveLength(batches.length);
  for (const name of readdirSync(files.folder)) expect(readFileSync(join(files.folder, name)).subarray(0, 6).toString()).toBe("PGCOPY");
});

test("a small table is sent as records, and so is one with a type that has no binary form here", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE EXTENSION ltree",
    "CREATE TABLE small (id int, name text)",
    "INSERT INTO small VALUES (1, 'a')",
    "CREATE VIEW view_of_few AS SELECT * FROM small",
    "CREATE TABLE strange (id int, path ltree)",
    "INSERT INTO strange SELECT n, 'a.b' FROM generate_series(1, 20) AS n",
  );
  const few = await messages(database, output());
  expect(few.filter(({ type }) => type === "BATCH")).toEqual([]);
  expect(few.filter(({ type }) => type === "RECORD")).toHaveLength(22);
  const each = await messages(database, output(5));
  expect(short(each).filter((text) => text.startsWith("row") || text.includes("file"))).toEqual([
    "1 in a file",
    ...Array.from({ length: 20 }, (_, n) => `row ${n + 1}`),
    "1 in a file",
  ]);
});

test("a row that no file may have is a record in its turn; one that changes the schema ends the files", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE t (id int PRIMARY KEY, day date, facts jsonb)",
    "INSERT INTO t SELECT n, '2024-01-01', CASE WHEN n = 4 THEN 'null'::jsonb ELSE '{}' END FROM generate_series(1, 9) AS n",
    "UPDATE t SET day = 'infinity' WHERE id = 7",
    "VACUUM FULL t",
    "CLUSTER t USING t_pkey",
  );
  const found = await messages(database, output(100));
  expect(short(found)).toEqual([
    ...["SCHEMA", "3 in a file", "row 4", "2 in a file", "SCHEMA", "row 7", "row 8", "row 9", "ACTIVATE_VERSION", "STATE", "STATE"],
  ]);
  const rows = found.flatMap(({ record }) => (record === undefined ? [] : [[record.day, record.facts]]));
  expect(rows).toEqual([
    ["2024-01-01", null],
    ["infinity", {}],
    ["2024-01-01", {}],
    ["2024-01-01", {}],
  ]);
});

test("while too much is on its way, rows are records", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 30)");
  const files = output(10);
  const path = join(files.folder, "earlier");
  writeFileSync(path, "");
  truncateSync(path, 2 ** 30);
  expect((await messages(database, files)).filter(({ type }) => type === "RECORD")).toHaveLength(30);
  truncateSync(path, 0);
  expect(short(await messages(database, files)).filter((text) => text.includes("file"))).toEqual(Array(3).fill("10 in a file"));
});
