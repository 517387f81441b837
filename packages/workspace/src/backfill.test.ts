/** `tapline backfill` as a person uses it: a plan, a partition that fails, what is not done runs again, and what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bin, type Ended, run } from "./command.ts";
import { duckdbRows, duckdbRun } from "./duckdb.ts";

const days = ["--from", "2026-01-31", "--to", "2026-02-02"];
const range = [...days, "--by", "day"];

/** Three days of a row each six hours, in orders with a key and in log without one; the job begins on the second of February. */
async function makeShop() {
  const folder = mkdtempSync(join(tmpdir(), "tapline-backfill-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [source, copy] = [join(folder, "shop.duckdb"), join(folder, "copy.duckdb")];
  await duckdbRun(
    source,
    `CREATE TABLE orders (id integer PRIMARY KEY, seen_at timestamptz, note varchar);
     INSERT INTO orders SELECT n, timestamptz '2026-01-31 00:00:00Z' + n * interval 6 hour, 'x' FROM range(12) AS r(n);
     CREATE TABLE log AS SELECT id, seen_at::timestamp AS seen_at, note FROM orders;
     CREATE TABLE items (id integer)`,
  );
  const byTime = { "replication-method": "INCREMENTAL", "replication-key": "seen_at" };
  const project = {
    plugins: {
      "tap-duckdb": {
        executable: bin("tap-duckdb"),
        config: { filepath: source, start_date: "2026-02-02" },
        metadata: { "main-orders": byTime, "main-log": byTime },
      },
      "target-jsonl": { executable: bin("target-jsonl"), config: { destination_path: folder } },
      "target-duckdb": { executable: bin("target-duckdb"), config: { filepath: copy, max_rejects: 0 } },
    },
    jobs: { shop: { steps: ["tap-duckdb target-duckdb"], checks: [{ stream: "main-orders", not_null: ["note"] }] } },
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(project));
  return {
    source,
    tapline: (...args: string[]): Promise<Ended> => run("tapline", args, { cwd: folder }),
    ids: async (table: string): Promise<number[]> =>
      (await duckdbRows(copy, `SELECT id FROM main.${table} ORDER BY id`)).map(({ id }) => Number(id)),
  };
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, id) => id);
const state = "dev:tap-duckdb-to-target-duckdb";

test("a failed partition is named, the others are loaded, and the same command loads it; the job's bookmark stays", async () => {
  const { source, tapline, ids } = await makeShop();
  expect((await tapline("run", "shop")).code).toBe(0);
  const bookmark = (await tapline("state", "get", state)).stdout;
  const planned = await tapline("backfill", "shop", ...range, "--append", "--dry-run");
  expect(planned.stdout).toContain("partitions  2 runs, 2026-01-31 to 2026-02-01; 1 at a time");
  expect(planned.stdout).toContain("left out    main-items: it is read whole (replication method FULL_TABLE), not by a replication key");
  await duckdbRun(source, "UPDATE orders SET note = NULL WHERE id = 2");
  const first = await tapline("backfill", "shop", ...range, "--append", "--parallel", "2");
  expect([first.code, first.stdout]).toEqual([
    1,
    expect.stringMatching(/2026-01-31: failed: .*\n(.*\n)*1 of 2 partitions done, .*\nfailed: 2026-01-31/),
  ]);
  await duckdbRun(source, "UPDATE orders SET note = 'y' WHERE id = 2");
  const again = await tapline("backfill", "shop", ...range, "--append");
  expect([again.code, again.stdout.match(/started, run/g)?.length]).toEqual([0, 1]);
  expect((await tapline("backfill", "shop", ...range, "--append")).stdout).toContain("all 2 partitions are done");
  for (const table of ["orders", "log"]) expect(await ids(table)).toEqual(upTo(12));
  expect((await tapline("state", "get", state)).stdout).toBe(bookmark);
  expect((await tapline("runs", "list", "--trigger", "backfill", "--json")).stdout.trim().split("\n")).toHaveLength(3);
  expect((await tapline("run", "shop")).code).toBe(0);
});

test("--replace-range repairs what a table has of the range, and --again does it once more", async () => {
  const { source, tapline, ids } = await makeShop();
  await tapline("run", "shop");
  expect((await tapline("backfill", "shop", ...days, "--by", "month", "--append", "--json")).code).toBe(0);
  await duckdbRun(source, "DELETE FROM log WHERE id IN (0, 7); INSERT INTO log SELECT 100, seen_at, 'late' FROM log WHERE id = 1");
  for (const more of [[], ["--again"]]) {
    const { code, stdout } = await tapline("backfill", "shop", ...days, "--by", "month", "--replace-range", "--json", ...more);
    expect([code, stdout.match(/"type":"partition_ended"/g)?.length]).toEqual([0, 2]);
    expect(await ids("log")).toEqual([...upTo(12).filter((id) => id !== 0 && id !== 7), 100]);
  }
});

test("what would double rows, or can't be read by range, is refused", async () => {
  const { tapline } = await makeShop();
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await tapline("backfill", ...args);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refused("shop", ...range)).toContain("would be there twice");
  expect(await refused("shop", "--from", "2026-02-30", "--to", "2026-03-02", "--by", "day")).toContain("is no range of days");
  expect(await refused("shop", ...range, "--timezone", "Mars/Base")).toContain('no time zone "Mars/Base"');
  expect(await refused("shop", ...range, "--append", "--replace-range")).toContain("--replace-range");
  expect(await refused("tap-duckdb", "target-jsonl", ...range, "--replace-range")).toContain("it does not list replace-range in --about");
  const late = await tapline("backfill", "shop", "--from", "2026-02-01", "--to", "2026-02-04", "--by", "day", "--append", "--dry-run");
  expect(late.stdout).toContain("partitions  1 run, 2026-02-01");
  expect(late.stdout).toMatch(
    /left out {4}2026-02-02 to 2026-02-03 \(2 partitions\): the job itself loads rows of main-\w+ from 2026-02-02T00:00:00.000Z on/,
  );
});
