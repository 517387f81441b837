import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Runner } from "../model/runner.ts";
import { createStopSwitch } from "../process/stop-switch.ts";
import { thisRunner } from "../state/host.ts";
import { openSqliteBackend } from "../state/sqlite-store.ts";
import type { Store } from "../state/store.ts";
import { storeOver } from "../state/store-over.ts";
import { type Backfill, decideBackfill, decidePart, type Part, partKey } from "./backfill.ts";
import { waitForPartitions } from "./give-way.ts";
import { beginBackfill, claimPart, endBackfill, endPart, holdPart, type PartEnd, releasePart } from "./rules.ts";

const here = thisRunner();
const dead: Runner = { ...here, pid: 2 ** 22 - 1, started: "never" };
const stateId = "dev:tap-to-target";

function openTestStore(): Store {
  const folder = mkdtempSync(join(tmpdir(), "tapline-partitions-"));
  const store = storeOver(openSqliteBackend(folder), 60_000);
  onTestFinished(async () => {
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return store;
}

/** Operations on the partitions of one back-fill. */
function partitions(store = openTestStore()) {
  const key = (name: string) => partKey("b", name);
  return {
    store,
    claim: (name: string, runId: string, { holder = here, parallel = 2, since = "2000" } = {}) =>
      decidePart(store, key(name), (values, now) =>
        claimPart(values, { backfill: "b", name, stateId, runId, holder, leaseMs: 60_000, parallel, since }, now),
      ),
    hold: (name: string, runId: string) =>
      decidePart(store, key(name), (values, now) => holdPart(values, { key: key(name), runId, holder: here, leaseMs: 60_000 }, now)),
    end: (name: string, runId: string, status: PartEnd["status"], rows: number | null = 5) =>
      decidePart(store, key(name), (values, now) => endPart(values, { key: key(name), runId, status, rows, error: null }, now)),
    release: (name: string, runId: string) => decidePart(store, key(name), (values) => releasePart(values, { key: key(name), runId })),
    part: (name: string) => store.facts.get<Part>("partition", key(name)),
  };
}

test("of commands that claim a partition at once one gets it, and nobody once it is done", async () => {
  const { claim, hold, end, part } = partitions();
  const answers = await Promise.all(["r1", "r2", "r3"].map((runId) => claim("2026-01-01", runId)));
  expect(answers.map(({ outcome }) => outcome)).toEqual(["claimed", "taken", "taken"]);
  expect(await hold("2026-01-01", "r2")).toBe(false);
  expect(await hold("2026-01-01", "r1")).toBe(true);
  expect(await end("2026-01-01", "r2", "done")).toBe(false);
  expect(await end("2026-01-01", "r1", "done")).toBe(true);
  expect(await hold("2026-01-01", "r1")).toBe(false);
  expect(await claim("2026-01-01", "r4")).toEqual({ outcome: "taken", status: "done" });
  expect(await part("2026-01-01")).toMatchObject({ status: "done", rows: 5, attempts: [{ runId: "r1" }] });
});

test("so many partitions are at work as may be; a dead holder counts no longer", async () => {
  const { claim } = partitions();
  await claim("1", "r1", { holder: dead });
  await claim("2", "r2");
  await claim("3", "r3");
  expect(await claim("4", "r4")).toEqual({ outcome: "full" });
  expect(await claim("4", "r4", { parallel: 3 })).toEqual({ outcome: "claimed" });
});

test("a failed or stopped partition is claimed again, and its rows add up; one that is killed again and again waits for the next command", async () => {
  const { claim, end, part } = partitions();
  for (const [runId, status] of [
    ["r1", "failed"],
    ["r2", "interrupted"],
  ] as const) {
    await claim("1", runId);
    await end("1", runId, status);
  }
  expect(await part("1")).toMatchObject({ status: "interrupted", rows: 10, attempts: [{ end: "failed" }, { end: "interrupted" }] });
  for (const runId of ["r3", "r4", "r5"]) {
    expect(await claim("1", runId)).toEqual({ outcome: "claimed" });
    await end("1", runId, "killed", null);
  }
  expect(await claim("1", "r6")).toEqual({ outcome: "killed" });
  expect(await claim("1", "r6", { since: new Date().toISOString() })).toEqual({ outcome: "claimed" });
});

test("a claim that is given back leaves no trace", async () => {
  const { claim, release, end, part } = partitions();
  await claim("1", "r1");
  await release("1", "r1");
  expect(await part("1")).toBeUndefined();
  await claim("1", "r2");
  await end("1", "r2", "failed");
  await claim("1", "r3");
  await release("1", "r3");
  expect(await part("1")).toMatchObject({ status: "failed", attempts: [{ runId: "r2" }] });
});

test("a run of the pipe waits until its partitions have ended, and for no others", async () => {
  const { store, claim, end } = partitions();
  await claim("1", "r1");
  await claim("2", "r2", { holder: dead });
  const stop = createStopSwitch();
  const waited: string[] = [];
  const wait = (id: string) =>
    waitForPartitions({ store, stateId: id, stop, onWait: (parts) => waited.push(...parts.map(({ name }) => name)) });
  await wait("dev:tap-to-other");
  expect(waited).toEqual([]);
  let isOver = false;
  const waiting = wait(stateId).then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect([isOver, waited]).toEqual([false, ["1"]]);
  await end("1", "r1", "done");
  await waiting;
});

const backfill = (id: string, more: Partial<Backfill> = {}): Backfill => ({
  id,
  words: ["shop"],
  environment: "dev",
  from: "2026-01-01",
  to: "2026-02-01",
  by: "day",
  timezone: "UTC",
  mode: "upsert",
  places: ["a.duckdb"],
  stateIds: [stateId],
  parts: ["2026-01-01"],
  status: "open",
  startedAt: "2026-06-01T00:00:00Z",
  endedAt: null,
  ...more,
});

test("the same back-fill is gone on with, one that overlaps is refused, and an ended one frees its range", async () => {
  const store = openTestStore();
  const begin = async (wanted: Backfill) => {
    const { outcome, backfill: found } = await decideBackfill(store, wanted.id, (values) => beginBackfill(values, wanted));
    return [outcome, found.id];
  };
  expect(await begin(backfill("1"))).toEqual(["begun", "1"]);
  expect(await begin(backfill("2"))).toEqual(["resumed", "1"]);
  // Another database has nothing of it.
  expect(await begin(backfill("9", { places: ["b.duckdb"] }))).toEqual(["begun", "9"]);
  const later = { from: "2026-01-31", to: "2026-03-01" };
  expect(await begin(backfill("3", later))).toEqual(["overlaps", "1"]);
  expect(await begin(backfill("4", { ...later, from: "2026-02-01" }))).toEqual(["begun", "4"]);
  expect(await begin(backfill("5", { ...later, from: "2026-02-01", to: "2026-02-02", timezone: "Asia/Tokyo" }))).toEqual(["overlaps", "1"]);
  expect(await begin(backfill("6", { ...later, places: ["a.duckdb"], stateIds: ["dev:tap-to-other"] }))).toEqual(["begun", "6"]);
  expect(await decideBackfill(store, "1", (values, now) => endBackfill(values, "1", "done", now))).toBe(true);
  expect(await begin(backfill("7", { from: "2026-01-31", to: "2026-02-01" }))).toEqual(["begun", "7"]);
});

test("a back-fill that is done is opened again for partitions that were not over then", async () => {
  const store = openTestStore();
  await decideBackfill(store, "1", (values) => beginBackfill(values, backfill("1")));
  await decideBackfill(store, "1", (values, now) => endBackfill(values, "1", "done", now));
  const more = await decideBackfill(store, "1", (values) => beginBackfill(values, backfill("1", { parts: ["2026-01-02"] })));
  expect(more).toMatchObject({ outcome: "begun", backfill: { status: "open", parts: ["2026-01-01", "2026-01-02"] } });
});
