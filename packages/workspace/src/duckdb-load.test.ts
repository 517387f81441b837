/** `tapline load` of Parquet and JSON files and of a DuckDB file; and tap-duckdb killed in mid-table, after which a run goes on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { bin, run } from "./command.ts";
import { duckdbRows, duckdbRun } from "./duckdb.ts";

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "duckdb-load-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("tapline load takes Parquet and JSON files, and the same files again add nothing", async () => {
  const cwd = emptyFolder();
  await duckdbRun(
    join(cwd, "source.duckdb"),
    `COPY (SELECT range AS id, range / 4.0 AS price FROM range(1000)) TO '${cwd}/orders.parquet'`,
  );
  writeFileSync(join(cwd, "people.jsonl"), '{"name":"Ä","tags":["a"]}\n{"name":"b"}\n');
  for (let time = 0; time < 2; time++) {
    for (const file of ["orders.parquet", "people.jsonl"]) {
      const { code, stdout, stderr } = await run("tapline", ["load", file, "duckdb:out.duckdb"], { cwd });
      expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: expect.any(String) });
    }
  }
  const sums = "SELECT count(*) AS rows, sum(id) AS ids, sum(price)::DECIMAL(20,2) AS prices FROM orders";
  expect(await duckdbRows(join(cwd, "out.duckdb"), sums)).toEqual([{ rows: "1000", ids: "499500", prices: "124875.00" }]);
  expect(await duckdbRows(join(cwd, "out.duckdb"), "SELECT name, tags FROM people ORDER BY name")).toEqual([
    { name: "b", tags: null },
    { name: "Ä", tags: '["a"]' },
  ]);
});

test("tapline load takes a DuckDB file, with all its tables", async () => {
  const cwd = emptyFolder();
  await duckdbRun(join(cwd, "shop.duckdb"), "CREATE TABLE a AS SELECT 1 AS id; CREATE SCHEMA s; CREATE TABLE s.b AS SELECT 'x' AS v");
  const { code, stdout, stderr } = await run("tapline", ["load", "shop.duckdb", "duckdb:out.duckdb"], { cwd });
  expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: expect.any(String) });
  expect(await duckdbRows(join(cwd, "out.duckdb"), "SELECT id, v FROM main.a, s.b")).toEqual([{ id: "1", v: "x" }]);
});

interface Line {
  type: string;
  record: { id: number };
  value: unknown;
}

test("a tap that was killed in mid-table goes on after its last STATE, in a table and in a Parquet file", async () => {
  const cwd = emptyFolder();
  const rows = "SELECT range AS id, repeat('x', 1000) AS body FROM range(40000)";
  await duckdbRun(join(cwd, "shop.duckdb"), `CREATE TABLE t AS ${rows}; COPY (${rows}) TO '${cwd}/t.parquet' (ROW_GROUP_SIZE 10000)`);
  const configs = { table: { filepath: "shop.duckdb" }, file: { files: [{ entity: "t", path: "t.parquet" }] } };
  for (const [name, config] of Object.entries(configs)) {
    writeFileSync(join(cwd, `${name}.json`), JSON.stringify(config));
    const tap = spawn(process.execPath, [bin("tap-duckdb"), "--config", `${name}.json`], { cwd, stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(tap, "close");
    const [before, since]: [number[], number[]] = [[], []];
    let state: unknown;
    for await (const text of createInterface({ input: tap.stdout })) {
      const line = parsed(text);
      if (line?.type === "RECORD") since.push(line.record.id);
      if (line?.type !== "STATE") continue;
      state = line.value;
      before.push(...since.splice(0));
      tap.kill("SIGKILL");
    }
    await ended;
    expect([name, before.length > 0, before.length < 40_000]).toEqual([name, true, true]);
    writeFileSync(join(cwd, `${name}-state.json`), JSON.stringify(state));
    const later = await run("tap-duckdb", ["--config", `${name}.json`, "--state", `${name}-state.json`], { cwd });
    expect(later.code).toBe(0);
    const after = later.stdout.split("\n").flatMap((text) => {
      const line = parsed(text);
      return line?.type === "RECORD" ? [line.record.id] : [];
    });
    expect([...before, ...after]).toEqual(Array.from({ length: 40_000 }, (_, id) => id));
  }
});

/** Undefined for half a line. */
function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
