/** A hot standby that ends reads in favour of its primary: tables are read on from their last place in a new snapshot, and none is lost. */
import { setTimeout as pause } from "node:timers/promises";
import type { Catalog } from "@tapline/sdk";
import { type PostgresServer, queryPostgres, startPostgres } from "@tapline/testing/postgres";
import { incremental, type Sent } from "@tapline/testing/tap-run";
import { afterAll, beforeAll, expect, test } from "vitest";
import { discoverCatalog, type RunOptions, runTap } from "../../test/tap-run.ts";

let primary: PostgresServer;
let standby: PostgresServer;
beforeAll(async () => {
  primary = await startPostgres();
  await ask(
    primary,
    // A part of a table, of 4,096 blocks with a row in each, is more than the buffers between server and tap hold: COPY doubles a backslash.
    `CREATE TABLE a_wide (id int PRIMARY KEY, n int NOT NULL, body text STORAGE PLAIN);
     INSERT INTO a_wide SELECT n, n, repeat(chr(92), 6000) FROM generate_series(1, 14000) AS n;
     CREATE TABLE b_keyless (id int, body text STORAGE PLAIN); INSERT INTO b_keyless SELECT n, repeat(chr(92), 6000) FROM generate_series(1, 5000) AS n;
     CREATE TABLE c_last (id int PRIMARY KEY); INSERT INTO c_last VALUES (1);
     CREATE TABLE gone (id int); INSERT INTO gone SELECT generate_series(1, 1000)`,
  );
  standby = await primary.standby({ max_standby_streaming_delay: "0", hot_standby_feedback: "off" });
});
afterAll(async () => {
  await standby?.stop();
  await primary?.stop();
});

const ask = async ({ address }: PostgresServer, ...statements: string[]) =>
  (await queryPostgres({ ...address, database: "postgres" }, statements)) as string[][];

/** Rows that the standby's snapshot still sees are removed on the primary; returns once the standby has done the same. */
async function conflict(): Promise<void> {
  await ask(primary, "UPDATE gone SET id = id + 1", "VACUUM gone");
  const [[place]] = (await ask(primary, "SELECT pg_current_wal_lsn()")) as [[string]];
  for (;;) {
    const [[done]] = (await ask(standby, `SELECT pg_last_wal_replay_lsn() >= '${place}'::pg_lsn`)) as [[string]];
    if (done === "t") return;
    await pause(20);
  }
}

const source = () => ({ ...standby.address, database: "postgres" });
const ids = ({ rows }: Sent, stream: string): number[] => rows(stream).map(({ id }) => Number(id));
const only = (catalog: Catalog, ...streams: string[]): Catalog => ({
  streams: catalog.streams.filter(({ tap_stream_id: id }) => streams.includes(id)),
});

/** Runs the tap with a conflict after so many rows of the stream. */
async function disturbed(catalog: Catalog, stream: string, afterRows: number, options: RunOptions = {}): Promise<Sent> {
  let seen = 0;
  let isDone = false;
  const until = (message: { type: string; stream: string }): boolean => {
    if (message.type === "RECORD" && message.stream === stream) seen++;
    return false;
  };
  return runTap(source(), {
    catalog,
    ...options,
    until,
    async between() {
      if (isDone || seen < afterRows) return;
      isDone = true;
      await conflict();
    },
  });
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("a whole table is read on after its last part, as the same version, and the tables after it are read", async () => {
  const catalog = only(await discoverCatalog(source()), "public-a_wide", "public-c_last");
  const sent = await disturbed(catalog, "public-a_wide", 4200);
  expect(sent.thrown).toBeUndefined();
  expect(sent.warnings).toEqual([expect.stringMatching(/The standby ended the read of "public"\."a_wide" .*read on in a new snapshot/)]);
  const wide = ids(sent, "public-a_wide");
  expect(new Set(wide)).toEqual(new Set(range(1, 14_000)));
  // Rows of the part that was cut come again, those of the parts before it don't.
  expect(wide.length).toBeGreaterThan(14_000);
  expect(wide.length).toBeLessThan(14_000 + 4096);
  expect(wide.filter((id) => id === 1)).toEqual([1]);
  expect(new Set(sent.messages.flatMap(({ stream, version }) => (stream === "public-a_wide" ? (version ?? []) : []))).size).toBe(1);
  expect(ids(sent, "public-c_last")).toEqual([1]);
});

test("an incremental read goes on at its last value", async () => {
  const catalog = incremental(only(await discoverCatalog(source()), "public-a_wide"), "public-a_wide", "n");
  const sent = await disturbed(catalog, "public-a_wide", 5000, { config: { late_rows: "scan" } });
  expect(sent.thrown).toBeUndefined();
  const wide = ids(sent, "public-a_wide");
  expect(new Set(wide)).toEqual(new Set(range(1, 14_000)));
  expect(wide.length).toBe(14_001);
  expect(sent.state.bookmarks?.["public-a_wide"]).toMatchObject({ replication_key_value: "14000" });
});

test("rows without a key would come twice, so their table fails, and the others are read", async () => {
  const catalog = only(await discoverCatalog(source()), "public-b_keyless", "public-c_last");
  const sent = await disturbed(catalog, "public-b_keyless", 1);
  expect(sent.thrown).toMatchObject({ code: "streams_failed", class: "connection", recovery: "retry" });
  expect((sent.thrown as Error).message).toContain('1 of 2 streams failed: "public-b_keyless": The standby ended');
  expect(sent.messages.filter(({ type, stream }) => type === "ACTIVATE_VERSION" && stream === "public-b_keyless")).toEqual([]);
  expect(ids(sent, "public-c_last")).toEqual([1]);
});
