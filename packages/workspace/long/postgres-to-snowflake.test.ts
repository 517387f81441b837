/**
 * The example that moves sales data out of PostgreSQL, whole: migration, a week in which both sides live, and the way back; into the emulator of
 * Snowflake, and into DuckDB with marts by dbt. After the import and after every day's sync both sides hold the same rows, cell by cell. And values of
 * all kinds in DuckDB beside the emulator: equal rows are equal, and each cell that differs is found.
 * Covers: examples/postgres-to-snowflake, packages/runner/src/migrate, packages/runner/src/verify, packages/sql/src/digest, plugins/target-snowflake/src/digest, packages/workspace/long/postgres-to-snowflake.test.ts
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TableReport } from "@tapline/runner";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { dbtForTests } from "../../../plugins/dbt/test/dbt-for-tests.ts";
import { startEmulator } from "../../../plugins/target-snowflake/test/emulator/server.ts";
import { bin, run } from "../src/command.ts";
import { root } from "../src/repository.ts";
import bars from "./postgres-to-snowflake.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

async function demo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const script = join(root, "examples/postgres-to-snowflake/demo.mjs");
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => void pieces.push(bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", (ended) => resolve(ended)));
  const out = pieces.join("");
  expect(code, out.slice(-4000)).toBe(0);
  return out;
}

function expectLevel(out: string, { task }: TestContext): void {
  const [, rows, tables] = /(\d+) rows of (\d+) tables are equal in every column/.exec(out) ?? [];
  expect(Number(rows), out.slice(-4000)).toBeGreaterThan(500);
  expect(out.match(/ is level with tap-postgres/g), out.slice(-4000)).toHaveLength(bars.days);
  expect(out).toMatch(/verify .* equal\n/);
  expect(out).toMatch(/Back on tap-postgres: \d+ rows of \d+ tables are equal in every column/);
  task.meta.result = { rows: Number(rows), tables: Number(tables), days: bars.days };
}

test("into the emulator of Snowflake", async (context) => {
  expectLevel(await demo(["--snowflake", "--volume", "tiny", "--days", String(bars.days)]), context);
});

test("into DuckDB, with marts by dbt", async (context) => {
  const out = await demo(["--dbt", "--volume", "small", "--days", String(bars.days)], { DBT_EXECUTABLE: await dbtForTests() });
  expectLevel(out, context);
});

const schema = {
  type: "object",
  properties: {
    id: { type: "integer" },
    whole: { type: ["integer", "null"] },
    exact: { type: ["number", "null"], multipleOf: 0.01 },
    approximate: { type: ["number", "null"] },
    note: { type: ["string", "null"] },
    day: { type: ["string", "null"], format: "date" },
    at: { type: ["string", "null"], format: "date-time" },
    time: { type: ["string", "null"], format: "time" },
    paid: { type: ["boolean", "null"] },
    bytes: { type: ["string", "null"], contentEncoding: "base64" },
    more: { type: ["object", "null"] },
  },
};
type Thing = Record<keyof typeof schema.properties, unknown>;
const things: Thing[] = Array.from({ length: 300 }, (_, id) => {
  const day = new Date(Date.UTC(1950, 0, 1) + id * 86_400_000 * 97).toISOString();
  return {
    id,
    whole: id * 1_000_003,
    exact: (id - 100) / 4,
    approximate: (id - 50) / 3,
    note: `${["plain", "", " ", "Zürich 日本語", "a|b", "it's \\"][id % 6]}`,
    day: day.slice(0, 10),
    at: day.replace("000Z", "123456Z"),
    time: `0${id % 10}:00:00.5`,
    paid: id % 3 === 0,
    bytes: Buffer.from([id % 256, 255]).toString("base64"),
    more: { b: [1, 2.5], a: `x${id}` },
  };
}).map((thing, id) =>
  id % 20 === 7 ? { ...thing, whole: null, exact: null, approximate: null, note: null, at: null, more: null } : thing,
);

test("values of all kinds beside DuckDB: none of another spelling differs, and each that is another is found", async ({ task }) => {
  const folder = mkdtempSync(join(tmpdir(), "verify-snowflake-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await using emulator = await startEmulator();
  const plugins = {
    lake: { name: "target-duckdb", config: { filepath: join(folder, "lake.duckdb") } },
    snow: { name: "target-snowflake", config: { ...emulator.config("VERIFY"), load_method: "overwrite" } },
  } as const;
  const entries = Object.entries(plugins).map(([key, { name, config }]) => [key, { kind: "target", executable: bin(name), config }]);
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins: Object.fromEntries(entries) }));
  const load = async (name: keyof typeof plugins, rows: readonly Thing[]): Promise<void> => {
    const config = join(folder, `${name}.json`);
    writeFileSync(config, JSON.stringify(plugins[name].config));
    const messages = [
      { type: "SCHEMA", stream: "raw-things", schema, key_properties: ["id"] },
      ...rows.map((record) => ({ type: "RECORD", stream: "raw-things", record })),
    ];
    const input = messages.map((message) => `${JSON.stringify(message)}\n`).join("");
    const { code, stderr } = await run(plugins[name].name, ["--config", config], { cwd: folder, input });
    expect(code, stderr).toBe(0);
  };
  const verify = async () => {
    const { code, stdout, stderr } = await run("tapline", ["verify", "raw.things@lake", "raw.things@snow", "--json"], { cwd: folder });
    const [line = ""] = stdout.split("\n");
    expect(line, stderr).toContain("verdict");
    return { code, table: JSON.parse(line) as TableReport };
  };
  await load("lake", things);
  await load("snow", things);
  const level = await verify();
  expect(level.table).toMatchObject({ verdict: "equal", rows: { here: 300, there: 300 }, only_here: 0, only_there: 0, differing: 0 });
  expect(level.code).toBe(0);
  const changes: Partial<Thing>[] = [
    ...[
      { whole: 5 },
      { exact: 0.01 },
      { approximate: 0.1 + 0.2 },
      { note: null },
      { day: "2020-01-01" },
      { at: "2020-01-01T00:00:00.000001Z" },
    ],
    ...[{ time: "00:00:00.000001" }, { paid: null }, { bytes: "AAA=" }, { more: { a: "x", b: [1] } }],
  ];
  // The row of the number is changed, row 200 is missing and row 999 is one more.
  const changed = things.map((thing) => ({ ...thing, ...changes[(thing.id as number) / 10] }));
  await load("snow", [...changed.filter(({ id }) => id !== 200), { ...(things[0] as Thing), id: 999 }]);
  const { code, table } = await verify();
  expect(code).toBe(1);
  expect(table).toMatchObject({ verdict: "different", only_here: 1, only_there: 1, differing: changes.length });
  const found = Object.fromEntries(table.columns.map(({ here, differing }) => [here, differing]));
  expect(found).toEqual({ id: 0, ...Object.fromEntries(changes.map((change) => [Object.keys(change)[0], 1])) });
  task.meta.result = { rows: things.length, planted: changes.length + 2, found: table.differing + table.only_here + table.only_there };
});
