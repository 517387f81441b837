import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { TaplineError } from "@tapline/sdk";
import { expect, onTestFinished, test } from "vitest";
import { connectToRead } from "./read-session.ts";

const never = new AbortController().signal;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "read-session-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file in a folder of the test, made with these statements. */
async function databaseWith(...statements: string[]): Promise<string> {
  const filepath = join(makeFolder(), "t.duckdb");
  const instance = await DuckDBInstance.create(filepath);
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
  return filepath;
}

async function shown(filepath: string, sql: string) {
  await using session = await connectToRead({ filepath }, never);
  const { columns, read } = await session.select(sql);
  const rows: (readonly string[])[] = [];
  for (let next = await read(1000); next.length > 0; next = await read(1000)) rows.push(...next);
  return { columns, rows };
}

async function failure(work: () => Promise<unknown>): Promise<TaplineError> {
  const error = await work().catch((thrown: unknown) => thrown);
  if (error instanceof TaplineError) return error;
  throw new Error(`no error of ours: ${error}`);
}

test("values are JSON with every digit", async () => {
  const values: readonly [sql: string, cell: string][] = [
    ["170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"],
    ["1.10::DECIMAL(38, 2)", "1.10"],
    ["0.1::FLOAT", "0.1"],
    ["1e300::DOUBLE", "1e+300"],
    ["'NaN'::DOUBLE", '"NaN"'],
    ["'-0.0'::DOUBLE", "-0.0"],
    ["[1, NULL]", "[1,null]"],
    ["{'a': 1.10::DECIMAL(5, 2), 'b': [0.1::FLOAT]}", '{"a":1.10,"b":[0.1]}'],
    ["MAP {'k': 1}", '{"k":1}'],
    [`'{"b":1, "1":2}'::JSON`, '{"b":1, "1":2}'],
    ["'null'::JSON", "null"],
    ["NULL", "null"],
    ["true", "true"],
    ["TIMESTAMPTZ '2026-01-01 12:00:00+02'", '"2026-01-01 10:00:00+00"'],
    ["DATE '2026-01-31'", '"2026-01-31"'],
    ["'a\"' || chr(10) || chr(27)", '"a\\"\\n\\u001b"'],
    ["'\\x00\\xFF'::BLOB", '"\\\\x00\\\\xFF"'],
  ];
  const { rows } = await shown(await databaseWith(), `SELECT ${values.map(([sql]) => sql).join(", ")}`);
  expect(rows).toEqual([values.map(([, cell]) => cell)]);
});

test("nothing can be changed, and nothing outside of the file can be read or written", async () => {
  const filepath = await databaseWith("CREATE TABLE kept AS SELECT 1 AS id", "CREATE SEQUENCE numbers");
  const folder = join(filepath, "..");
  const other = join(folder, "other.csv");
  writeFileSync(other, "a\n1\n");
  for (const [sql, code] of [
    ["DELETE FROM kept", "query_not_reading"],
    ["SELECT nextval('numbers')", "query_changes"],
    ["SELECT 1; DELETE FROM kept", "query_several"],
    [`SELECT * FROM '${other}'`, "query_outside"],
    [`SELECT * FROM read_text('${other}')`, "query_outside"],
    ["SELECT * FROM glob('/*')", "query_outside"],
    [`COPY kept TO '${join(folder, "copy.csv")}'`, "query_outside"],
    [`ATTACH '${join(folder, "new.duckdb")}'`, "query_not_reading"],
    ["SET enable_external_access = true", "query_not_reading"],
    ["INSTALL httpfs", "query_not_reading"],
    ["LOAD httpfs", "query_not_reading"],
    ["SELEC 1", "query_failed"],
    ["SELECT * FROM missing", "query_failed"],
    ["", "query_failed"],
    ["SELECT ?", "query_failed"],
  ] as const)
    expect(await failure(() => shown(filepath, sql)), sql).toMatchObject({ code, class: "config" });
  expect((await shown(filepath, "FROM kept")).rows).toEqual([["1"]]);
  expect(readdirSync(folder).sort()).toEqual(["other.csv", "t.duckdb"]);
});

test("a file that is missing is an error, and is not made", async () => {
  const filepath = join(makeFolder(), "new", "t.duckdb");
  expect(await failure(() => connectToRead({ filepath }, never))).toMatchObject({ code: "database_missing" });
  expect(existsSync(join(filepath, ".."))).toBe(false);
});

test("a file that another process writes is an error that names the process", async () => {
  const filepath = await databaseWith();
  const script = `const { DuckDBInstance } = await import("@duckdb/node-api"); const instance = await DuckDBInstance.create(${JSON.stringify(filepath)}); await instance.connect(); console.log("open"); setInterval(() => {}, 1000)`;
  const writer = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void writer.kill("SIGKILL"));
  await once(writer.stdout, "data");
  const { code, message } = await failure(() => connectToRead({ filepath }, never));
  expect(code).toBe("database_locked");
  expect(message).toContain(`process ${writer.pid}`);
});

test("rows that a killed process committed are shown", async () => {
  const filepath = await databaseWith("CREATE TABLE kept (id INTEGER)");
  const script = `const { DuckDBInstance } = await import("@duckdb/node-api"); const instance = await DuckDBInstance.create(${JSON.stringify(filepath)}); const connection = await instance.connect(); await connection.run("INSERT INTO kept VALUES (7)"); process.kill(process.pid, "SIGKILL")`;
  await once(spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname }), "exit");
  expect(existsSync(`${filepath}.wal`)).toBe(true);
  expect((await shown(filepath, "FROM kept")).rows).toEqual([["7"]]);
});

test("two queries can read the file at once", async () => {
  const filepath = await databaseWith("CREATE TABLE kept AS SELECT 1 AS id");
  await using _first = await connectToRead({ filepath }, never);
  expect((await shown(filepath, "FROM kept")).rows).toEqual([["1"]]);
});

test("the signal interrupts the statement", async () => {
  const filepath = await databaseWith();
  const stop = new AbortController();
  await using session = await connectToRead({ filepath }, stop.signal);
  const began = Date.now();
  setTimeout(() => stop.abort(), 200);
  const slow = "SELECT count(*) FROM range(1000000000) a, range(1000) b WHERE hash(a.range + b.range) % 7 = 8";
  await failure(async () => (await session.select(slow)).read(1));
  expect(Date.now() - began).toBeLessThan(10_000);
});
