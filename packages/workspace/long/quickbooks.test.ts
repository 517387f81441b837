/**
 * The QuickBooks example as its team works with it: three days of exports dropped into the inbox of a server, one of them broken and one twice; and
 * beside it the pipeline that it replaces, Meltano from PyPI, with the same exports in the same database: rows compared one by one, and times.
 * Covers: examples/quickbooks/make-exports.mjs, examples/quickbooks/meltano, examples/quickbooks/project.ts, examples/quickbooks/tapline.yml, packages/runner/src, packages/server/src, plugins/tap-csv/src, packages/workspace/long/quickbooks.test.ts
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, copyFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type TestContext, test } from "vitest";
import {
  addressOf,
  type Copy,
  copyOfExample,
  postgresRows,
  type Row,
  sorted,
  streams,
  typedRow,
} from "../../../examples/quickbooks/project.ts";
import { start } from "../src/command.ts";
import { duckdbRows } from "../src/duckdb.ts";
import { type PostgresDatabase, postgresDatabase } from "../src/faults/database.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import { pythonProgram } from "../src/python.ts";
import { root } from "../src/repository.ts";
import bars from "./quickbooks.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const postgres = suiteServer();

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 180_000; !isTrue(); ) {
    if (Date.now() > end) throw new Error(`waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function archivedIn(copy: Copy, outcome: string): string[] {
  const folder = copy.path("output/archive", outcome);
  return existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith(".csv")) : [];
}

test("a server takes three days of files, one broken and one twice, and no row is missing or double", async ({ task }: TestContext) => {
  using copy = copyOfExample();
  const file = copy.path("tapline.yml");
  // The load alone, so that the suite is about files; and without waiting for files to be old.
  const text = readFileSync(file, "utf8").replace(
    /\{ name: arrivals, (.*), job: quickbooks \}/,
    "{ name: arrivals, $1, job: load, min_age_seconds: 1 }",
  );
  expect(text).toContain("min_age_seconds: 1 }");
  writeFileSync(file, text);
  const server = start("tapline", ["serve", "--port", "0"], { cwd: copy.folder });
  const isTaken = (): boolean => readdirSync(copy.path("output/inbox")).length === 0;
  try {
    copy.drop(1);
    await until(isTaken, "the first day is loaded");
    copy.drop(2);
    const good = readFileSync(copy.path("output/inbox/items.csv"), "utf8");
    appendFileSync(copy.path("output/inbox/items.csv"), '"Broken, with too few cells",Service\n');
    copyFileSync(copy.path("exports/invoices.csv"), copy.path("output/inbox/invoices (1).csv"));
    await until(() => isTaken() && archivedIn(copy, "failure").length === 1, "the broken file is set aside and the others are loaded");
    writeFileSync(copy.path("output/inbox/items.csv"), good);
    await until(isTaken, "the mended file is loaded");
    copy.drop(3);
    await until(isTaken, "the third day is loaded");
  } finally {
    server.child.kill("SIGINT");
  }
  expect((await server.ended).code).toBe(0);
  for (const stream of streams) {
    const columns = Object.keys(copy.expected(stream)[0] as object);
    const list = columns.map((name) =>
      name === "Last Modified" ? `strftime("${name}" AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S+00') AS "${name}"` : `"${name}"`,
    );
    const rows = await duckdbRows(copy.path("output/quickbooks.duckdb"), `SELECT ${list.join(", ")} FROM raw."${stream}"`);
    expect(sorted(stream, rows)).toEqual(copy.expected(stream));
  }
  const archive = Object.fromEntries(["success", "duplicate", "failure"].map((outcome) => [outcome, archivedIn(copy, outcome).length]));
  expect(archive).toEqual({ success: 12, duplicate: 1, failure: 1 });
  task.meta.result = archive;
});

test("Meltano and tapline load the same rows from the same exports, and tapline is no slower", async ({ task }: TestContext) => {
  const meltano = pythonProgram("meltano", "meltano");
  const seconds: { meltano: number[]; tapline: number[] } = { meltano: [], tapline: [] };
  let compared = 0;
  for (let round = 0; round < bars.rounds; round++) {
    await using database = await postgresDatabase(postgres());
    using copy = copyOfExample();
    copy.drop(round + 1);
    const env = { ...addressOf(database.config), QUICKBOOKS_EXPORTS: copy.path("exports"), SLACK_URL: "http://127.0.0.1:9/" };
    const folder = copy.path("meltano");
    cpSync(join(root, "examples/quickbooks/meltano"), folder, { recursive: true });
    const call = (...args: string[]) =>
      execFileSync(meltano, args, { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    call("install");
    const timed = async (work: () => unknown): Promise<number> => {
      const started = performance.now();
      await work();
      return (performance.now() - started) / 1000;
    };
    seconds.meltano.push(await timed(() => call("run", "tap-csv-folder", "target-postgres")));
    seconds.tapline.push(
      await timed(async () => {
        const { code, stdout, stderr } = await copy.tapline(["run", "load", "--environment", "staging"], env);
        expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
      }),
    );
    compared += await expectEqual(copy, database);
  }
  const times = median(seconds.tapline) / median(seconds.meltano);
  task.meta.result = { ...seconds, tapline_over_meltano: Number(times.toFixed(2)), rows_compared: compared };
  expect(times).toBeLessThanOrEqual(bars.at_most_times_meltano);
});

/** Meltano keeps text, and also the rows without a key: the one customer that tapline rejects. @returns how many rows were compared */
async function expectEqual(copy: Copy, { query }: PostgresDatabase): Promise<number> {
  let compared = 0;
  for (const stream of streams) {
    const columns = Object.keys(copy.inFile(stream)[0] as object);
    const rows = await query(`SELECT row_to_json(r)::text FROM meltano."${stream}" AS r`);
    const old: Row[] = rows.map(([row]) => typedRow(ofColumns(JSON.parse(row as string), columns)));
    const fresh = await postgresRows(query, stream, columns);
    const keyless = copy.inFile(stream).length - copy.expected(stream).length;
    const shared = old.filter((row) => fresh.some((other) => JSON.stringify(other) === JSON.stringify(row)));
    expect([fresh, shared.length, old.length - shared.length]).toEqual([copy.expected(stream), fresh.length, keyless]);
    compared += shared.length;
  }
  return compared;
}

/** The old pipeline keeps the byte order mark in the name of the first column. */
function ofColumns(row: Record<string, string | null>, columns: readonly string[]): Record<string, string> {
  const plain = Object.fromEntries(Object.entries(row).map(([name, value]) => [name.replace("\ufeff", ""), value ?? ""]));
  return Object.fromEntries(columns.map((name) => [name, plain[name] ?? plain[name.toLowerCase().replaceAll(" ", "_")] ?? "missing"]));
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
