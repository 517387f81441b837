import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Runner } from "../model/runner.ts";
import { thisRunner } from "../state/host.ts";
import { openSqliteBackend } from "../state/sqlite-store.ts";
import type { Store } from "../state/store.ts";
import { storeOver } from "../state/store-over.ts";
import { decideTick, type Tick, tickKey } from "./tick.ts";
import { claimTick, endTick, holdTick, postponeTick } from "./tick-rules.ts";

const here = thisRunner();
const dead: Runner = { ...here, pid: 2 ** 22 - 1, started: "never" };
const elsewhere: Runner = { pid: 1, started: "x", host: "another", machine: "another" };

/** Operations on the ticks of a store, by the time of day of the schedule and the run's id. */
function ticks() {
  const folder = mkdtempSync(join(tmpdir(), "tapline-tick-"));
  const store: Store = storeOver(openSqliteBackend(folder), 60_000);
  onTestFinished(async () => {
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  const keyOf = (due: string, name = "nightly") => tickKey(name, due);
  return {
    claim: (
      due: string,
      runId: string,
      { holder = here, name = "nightly", job = "load", runs = 4, runsOfJob = 4, leaseMs = 60_000 } = {},
    ) =>
      decideTick(store, keyOf(due, name), (values, now) =>
        claimTick(
          values,
          {
            fresh: { name, kind: "schedule", dueAt: due, job, missed: null },
            runId,
            holder,
            leaseMs,
            limits: { runs, runsOfJob },
          },
          now,
        ),
      ),
    hold: (due: string, runId: string, holder = here) =>
      decideTick(store, keyOf(due), (values, now) => holdTick(values, { key: keyOf(due), runId, holder, leaseMs: 60_000 }, now)),
    end: (due: string, runId: string, status: Parameters<typeof endTick>[1]["status"]) =>
      decideTick(store, keyOf(due), (values, now) => endTick(values, { key: keyOf(due), runId, status }, now)),
    postpone: (due: string, runId: string) =>
      decideTick(store, keyOf(due), (values, now) => postponeTick(values, { key: keyOf(due), runId, reason: "busy" }, now)),
    tick: (due: string) => store.facts.get<Tick>("tick", keyOf(due)),
  };
}

test("of servers that claim a tick at once one gets it, and nobody after its end", async () => {
  const { claim, hold, end, tick } = ticks();
  const answers = await Promise.all(["r1", "r2", "r3"].map((runId) => claim("02:00", runId)));
  expect(answers.filter(({ outcome }) => outcome === "claimed")).toHaveLength(1);
  expect(await hold("02:00", "r1")).toBe(true);
  expect(await hold("02:00", "r2")).toBe(false);
  expect(await end("02:00", "r2", "done")).toBe(false);
  expect(await end("02:00", "r1", "done")).toBe(true);
  expect(await claim("02:00", "r4")).toEqual({ outcome: "taken", status: "done" });
  expect(await tick("02:00")).toMatchObject({ status: "done", attempts: [{ runId: "r1" }], endedAt: expect.any(String) });
});

test("a claim whose answer was lost is the same claim when it is repeated", async () => {
  const { claim, tick } = ticks();
  for (let i = 0; i < 2; i++) expect(await claim("02:00", "r1")).toEqual({ outcome: "claimed" });
  expect((await tick("02:00"))?.attempts).toHaveLength(1);
});

test("a tick whose holder died is claimed again, three times at most; its first run can no longer end it", async () => {
  const { claim, end, tick } = ticks();
  for (const runId of ["r1", "r2", "r3"]) expect(await claim("02:00", runId, { holder: dead })).toEqual({ outcome: "claimed" });
  expect(await end("02:00", "r1", "done")).toBe(false);
  expect(await claim("02:00", "r4")).toEqual({ outcome: "taken", status: "failed" });
  expect(await tick("02:00")).toMatchObject({ status: "failed", error: "its run was killed 3 times" });
});

test("one on another machine is alive until its lease ends", async () => {
  const { claim } = ticks();
  await claim("02:00", "r1", { holder: elsewhere });
  expect(await claim("02:00", "r2")).toMatchObject({ outcome: "taken" });
  await claim("03:00", "r3", { holder: elsewhere, leaseMs: -1 });
  expect(await claim("03:00", "r4")).toEqual({ outcome: "claimed" });
});

test("a run that was stopped by a shutdown is gone on with, as often as that happens; one that failed is not", async () => {
  const { claim, end, tick } = ticks();
  for (const runId of ["r1", "r2", "r3", "r4"]) {
    expect(await claim("02:00", runId)).toEqual({ outcome: "claimed" });
    expect(await end("02:00", runId, "interrupted")).toBe(true);
  }
  expect((await tick("02:00"))?.attempts.map((each) => each.end)).toEqual(Array(4).fill("interrupted"));
  await claim("02:00", "r5");
  await end("02:00", "r5", "failed");
  expect(await claim("02:00", "r6")).toEqual({ outcome: "taken", status: "failed" });
});

test("one that could not begin waits, and the attempt does not count", async () => {
  const { claim, postpone, tick } = ticks();
  await claim("02:00", "r1");
  expect(await postpone("02:00", "r1")).toBe(true);
  expect(await claim("02:00", "r2")).toMatchObject({ outcome: "postponed", reason: "busy" });
  expect((await tick("02:00"))?.attempts).toEqual([]);
});

test("so many runs of a job, and of all jobs, are active at once", async () => {
  const { claim, end } = ticks();
  await claim("02:00", "r1", { job: "a" });
  expect(await claim("02:01", "r2", { job: "a", runsOfJob: 1 })).toMatchObject({ outcome: "full", by: "job", active: [{ runId: "r1" }] });
  await claim("02:02", "r3", { job: "b" });
  expect(await claim("02:03", "r4", { job: "c", runs: 2 })).toMatchObject({ outcome: "full", by: "all" });
  await end("02:00", "r1", "done");
  expect(await claim("02:01", "r2", { job: "a", runsOfJob: 1, runs: 2 })).toEqual({ outcome: "claimed" });
});
