/** What a person reads at the end of a run, however it ended, over real databases: it must be what the database holds. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { testDatabase } from "@tapline/testing/postgres";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

const plugin = (name: string): string => join(root, "plugins", name, "bin", `${name}.js`);
const fixture = (name: string): string => join(root, "packages/runner/test/fixtures", `${name}.mjs`);
const step = ["run", "tap-test", "target-test"];

/** Where a run loads to, and how many rows are there. */
interface Destination {
  executable: string;
  config: object;
  /** The table as the target names it. */
  table: string;
  count(): Promise<number>;
}

type MakeDestination = (folder: string) => Promise<Destination>;

const duckdb: MakeDestination = async (folder) => {
  const filepath = join(folder, "data.duckdb");
  return {
    ...{ executable: plugin("target-duckdb"), config: { filepath }, table: "main.items" },
    count: async () => Number((await duckdbRows(filepath, "SELECT count(*) AS n FROM items"))[0]?.n),
  };
};

const postgres: MakeDestination = async () => {
  const { host, port, user, password, database } = await testDatabase();
  const schema = `run_ends_${process.pid}_${Date.now()}`;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  onTestFinished(async () => {
    await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await client.end();
  });
  return {
    ...{ executable: plugin("target-postgres"), table: `${schema}.items` },
    config: { host, port, user, password, database, default_target_schema: schema },
    count: async () => Number((await client.query(`SELECT count(*) AS n FROM ${schema}.items`)).rows[0].n),
  };
};

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-ends-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function writeProject(folder: string, tap: object, target: object, jobs: object = {}): void {
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins: { "tap-test": tap, "target-test": target }, jobs }));
}

function start(folder: string, args: readonly string[]) {
  const bin = join(root, "packages/cli/bin/tapline.js");
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(([exit, out, err]) => ({ code: exit, out, err }));
  return { child, ended };
}

const tapline = (folder: string, ...args: string[]) => start(folder, args).ended;

/** Waits until the store has a bookmark: at least one commit was made. */
async function untilCommitted(folder: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (existsSync(join(folder, ".tapline", "tapline.db")) && (await tapline(folder, "state", "list")).out.includes("items: id")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("no commit was made");
}

/** The processes that a run in this folder started, by a word of their command line. */
function pidsOf(folder: string, word: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, "utf8");
      return line.includes(word) && line.includes(folder) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

const slowTap = { executable: fixture("tap"), config: { rows: 1_000_000, state_every: 20, pause_ms: 1 } };

describe.each<[string, MakeDestination]>([
  ["DuckDB", duckdb],
  ["PostgreSQL", postgres],
])("into %s, a run", (_name, makeDestination) => {
  test("that is stopped shows what is loaded, and that is what is there", async () => {
    const folder = makeFolder();
    const destination = await makeDestination(folder);
    writeProject(folder, slowTap, { executable: destination.executable, config: { ...destination.config, batch_size_rows: 20 } });
    const { child, ended } = start(folder, step);
    await untilCommitted(folder);
    child.kill("SIGINT");
    const { code, out } = await ended;
    const [, loaded = ""] = /^items: ([\d,]+) rows are loaded into (\S+)/m.exec(out) ?? [];
    expect(out).toContain(`rows are loaded into ${destination.table}`);
    expect(Number(loaded.replaceAll(",", ""))).toBe(await destination.count());
    expect(out).toMatch(/^bookmark {2}items: id \d+$/m);
    expect(out).toContain("next      tapline run tap-test target-test   (continues from the bookmark)");
    expect(code).toBe(130);
  });

  test("whose tap fails shows what is loaded and what is not", async () => {
    const folder = makeFolder();
    const destination = await makeDestination(folder);
    const tap = { ...slowTap, config: { rows: 100, state_every: 20, die_at: 47, die_by: "error", pause_ms: 60 } };
    writeProject(folder, tap, { executable: destination.executable, config: { ...destination.config, batch_size_rows: 20 } });
    const { code, out, err } = await tapline(folder, ...step);
    // Whether the second batch is committed when the tap fails depends on the speed of the machine.
    const loaded = await destination.count();
    expect([20, 40]).toContain(loaded);
    expect(out).toContain(`items: ${loaded} rows are loaded into ${destination.table}; ${47 - loaded} more were read and not loaded\n`);
    expect(err.trimEnd().split("\n").at(-1)).toMatch(/^Failed: tap-test, stream items, file items.csv, line 7/);
    expect(err).not.toContain("stopped by SIGTERM");
    expect(code).toBe(1);
  });

  test("whose target is killed shows the commits that it reported", async () => {
    const folder = makeFolder();
    const destination = await makeDestination(folder);
    writeProject(folder, slowTap, { executable: destination.executable, config: { ...destination.config, batch_size_rows: 20 } });
    const { ended } = start(folder, step);
    await untilCommitted(folder);
    for (const pid of pidsOf(folder, `${destination.executable.split("/").at(-1)}`)) process.kill(pid, "SIGKILL");
    const { code, out } = await ended;
    const [, loaded = ""] = /^items: at least ([\d,]+) rows are loaded/m.exec(out) ?? [];
    const reported = Number(loaded.replaceAll(",", ""));
    expect(reported).toBeGreaterThan(0);
    // The last commit may not have been reported.
    expect([reported, reported + 20]).toContain(await destination.count());
    expect(code).toBe(1);
  });

  test("that rejected rows ends as a warning, with exit code 0 and the table that has them", async () => {
    const folder = makeFolder();
    const destination = await makeDestination(folder);
    writeFileSync(join(folder, "items.csv"), "id,n\n1,5\n2\n3,6\n4\n");
    const files = [{ entity: "items", path: "items.csv", keys: ["id"], on_bad_row: "reject" }];
    const tap = { executable: plugin("tap-csv"), config: { files, rejects: "rejects.jsonl" } };
    writeProject(folder, tap, { executable: destination.executable, config: destination.config });
    const { code, out, err } = await tapline(folder, ...step);
    expect(out).toMatch(
      /^Warning: items: 2 rows were rejected and not sent; the first: file items.csv, line 3 \(The row has 1 cell.*\); they are in rejects.jsonl \(by tap-test\)$/m,
    );
    expect(err).toContain("done with warnings after");
    expect(readFileSync(join(folder, "rejects.jsonl"), "utf8").trim().split("\n")).toHaveLength(2);
    expect([code, await destination.count()]).toEqual([0, 2]);
    expect((await tapline(folder, "runs", "list", "--status", "warning")).out).toMatch(
      / warning +2 +command +dev +tap-test target-test\n$/,
    );
    const shown = JSON.parse((await tapline(folder, "runs", "show", "--json")).out);
    expect(shown).toMatchObject({ status: "warning", steps: [{ status: "warning", warnings: [expect.stringContaining("line 3")] }] });
    expect((await tapline(folder, "state", "history", "dev:tap-test-to-target-test")).out).toContain("run done");
  });
});

describe("without a database", () => {
  test("a run with warnings counts as successful: the next step runs, and there is nothing to retry", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "program.mjs"), 'console.log("after it");\n');
    const target = { executable: fixture("target"), config: { output: join(folder, "loaded.txt"), say: ["WARNING something is odd"] } };
    const plugins = { "tap-test": { executable: fixture("tap") }, "target-test": target, program: { executable: "./program.mjs" } };
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { all: ["tap-test target-test", "program x"] } }));
    const { code, out, err } = await tapline(folder, "run", "all");
    expect(out).toContain("tap-test target-test: done with warnings after");
    expect(out).toContain("Warning: target-test: something is odd");
    expect(err).toContain("after it");
    expect(code).toBe(0);
    expect((await tapline(folder, "runs", "list")).out).toMatch(/ warning +\d+ +command +dev +all\n$/);
    expect((await tapline(folder, "runs", "retry")).err).toContain("so there is nothing to try again");
  });

  test("what a target of others loaded before it was killed is not guessed", async () => {
    const folder = makeFolder();
    const target = { executable: fixture("target"), config: { output: join(folder, "loaded.txt"), die_at: 4, die_by: "kill" } };
    writeProject(folder, { executable: fixture("tap"), config: { rows: 100, pause_ms: 5, metrics: true } }, target);
    const { code, out } = await tapline(folder, ...step);
    expect(out).toMatch(/^items: how many rows were loaded is not known, because target-test did not report it; look at the table$/m);
    expect(code).toBe(1);
  });

  test.each<[string, object, object]>([
    ["a target", { executable: fixture("tap") }, { executable: plugin("target-duckdb"), config: { filepath: 7 } }],
    ["a tap", { executable: plugin("tap-csv"), config: { files: 7 } }, { executable: plugin("target-duckdb"), config: { filepath: "x" } }],
  ])("%s that refuses its config: the cause, and nothing about bookmarks or signals", async (_name, tap, target) => {
    const folder = makeFolder();
    writeProject(folder, tap, target);
    const { code, out, err } = await tapline(folder, ...step);
    // The tap may have sent rows before the target refused its config.
    expect(out).toMatch(/^No rows were (read|loaded)\.\n$/);
    expect(err.trimEnd().split("\n").at(-1)).toMatch(/^Failed: (tap|target)-test(, file .*)?: The config can't be used/);
    expect(err).not.toMatch(/SIGTERM|delivery/);
    expect(code).toBe(1);
  });
});
