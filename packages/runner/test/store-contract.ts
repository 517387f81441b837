/** What every store of states does, whatever keeps them: tests for a fixture that makes a new store, which can be opened twice. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Runner } from "../src/model/runner.ts";
import { identify, isAlive } from "../src/process/liveness.ts";
import type { Backend } from "../src/state/backend.ts";
import { claimStateId } from "../src/state/claim.ts";
import { holdLease } from "../src/state/lease.ts";
import type { PreviousRun, Store } from "../src/state/store.ts";
import { storeOver } from "../src/state/store-over.ts";

const stateId = "dev:tap-a-to-target-b";
const key = (runId: string) => ({ runId, stateId });

/** A new store for a test. It can be opened twice, as by two machines. */
export interface StoreFixture {
  open(): Promise<Backend>;
  /** Whose the open runs are: as if another process or machine had made them. */
  setRunner(runner: Runner): Promise<void> | void;
  /** As if they had not reported for long. */
  expireLeases(): Promise<void> | void;
}

async function startSleeper(script = "setInterval(() => {}, 1000)"): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", `${script}; console.log("up")`], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout ?? child, "data");
  return child;
}

const claim = (store: Store, runId: string, warnings: string[] = []): Promise<PreviousRun | null> =>
  claimStateId({ store, runId, stateId, grace: { tapMs: 100, targetMs: 300 }, warn: (message) => warnings.push(message) });

/** A pid that no process has. */
const gone: Runner = { pid: 2 ** 22 + 1, started: "long ago" };
export const longAgo = "2020-01-01T00:00:00.000Z";
const elsewhere: Runner = { pid: process.pid, started: identify(process.pid).started, host: "another boot", hostname: "far-away" };

/** @param makeFixture a new store for each test */
export function describeStore(name: string, makeFixture: () => Promise<StoreFixture> | StoreFixture): void {
  describe(`a store in ${name}`, () => {
    async function makeStore(leaseMs = 60_000): Promise<{ store: Store; place: StoreFixture; again(): Promise<Store> }> {
      const place = await makeFixture();
      const again = async (): Promise<Store> => {
        const store = storeOver(await place.open(), leaseMs);
        onTestFinished(() => store[Symbol.asyncDispose]());
        return store;
      };
      return { store: await again(), place, again };
    }

    test("keeps a state as it was sent", async () => {
      const { store, again } = await makeStore();
      await claim(store, "r1");
      await store.saveState(key("r1"), '{"id":12345678901234567891, "pi": 3.10}');
      await store.saveState(key("r1"), '{"id":12345678901234567892, "pi": 3.10, "nul": "\\u0000"}');
      const other = await again();
      expect(await other.state(stateId)).toMatchObject({ value: '{"id":12345678901234567892, "pi": 3.10, "nul": "\\u0000"}', runId: "r1" });
      expect(await other.states()).toHaveLength(1);
      expect(other.id).toBe(store.id);
      expect(store.id).toMatch(/^[0-9a-f]{32}$/);
    });

    test("refuses a second run while the first lives, and lets it in once it ended", async () => {
      const { store, again } = await makeStore();
      await claim(store, "r1");
      const other = await again();
      await expect(claim(other, "r2")).rejects.toMatchObject({
        code: "already_running",
        message: expect.stringContaining(`process ${process.pid}`),
      });
      await expect(other.change([{ ...key("r3"), kind: "set", value: "{}" }])).rejects.toMatchObject({ code: "already_running" });
      await store.endRun(key("r1"), "done");
      await expect(claim(other, "r4")).resolves.toBeNull();
      await other.settle(key("r4"), { taken: null, lastCommits: {} });
      await other.endRun(key("r4"), "failed");
      await expect(claim(other, "r5")).resolves.toMatchObject({ runId: "r4", status: "failed" });
    });

    test("lets one of many in that come at once", async () => {
      const { store, again } = await makeStore();
      const others = await Promise.all([again(), again(), again()]);
      const outcomes = await Promise.all([store, ...others].map((each, at) => each.claim(key(`r${at}`))));
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["busy", "busy", "busy", "claimed"]);
    });

    test("is locked for nobody by a crash, also when its pid belongs to another process", async () => {
      const { store, place } = await makeStore();
      await claim(store, "r1");
      await store.saveState(key("r1"), "{}");
      await place.setRunner({ pid: process.pid, started: "long ago" });
      await claim(store, "r2");
      expect(await store.settle(key("r2"), { taken: null, lastCommits: {} })).toMatchObject({ value: "{}", runId: "r1" });
    });

    test("has what a crashed run left after stopped first, even if it ignores SIGTERM", async () => {
      const { store, place } = await makeStore();
      const child = await startSleeper('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
      const identity = identify(child.pid as number);
      await claim(store, "r1");
      await store.noteChild(key("r1"), identity);
      await place.setRunner(gone);
      const warnings: string[] = [];
      await claim(store, "r2", warnings);
      expect(warnings).toEqual([expect.stringContaining(`left process ${child.pid} running`)]);
      expect(isAlive(identity)).toBe(false);
    });

    test("leaves a process of another start time alone", async () => {
      const { store, place } = await makeStore();
      const child = await startSleeper();
      await claim(store, "r1");
      await store.noteChild(key("r1"), { pid: child.pid as number, started: "another time" });
      await place.setRunner(gone);
      await claim(store, "r2");
      expect(isAlive(identify(child.pid as number))).toBe(true);
    });

    test("holds a run of another machine for alive until its lease ran out, and has it save nothing after that", async () => {
      const { store, place, again } = await makeStore();
      await claim(store, "r1");
      await store.settle(key("r1"), { taken: null, lastCommits: {} });
      await store.saveState(key("r1"), '{"by":1}');
      await place.setRunner(elsewhere);
      const other = await again();
      await expect(claim(other, "r2")).rejects.toMatchObject({ code: "already_running", message: expect.stringContaining("on far-away") });
      // Nobody came in between: it is still its own.
      await place.expireLeases();
      await store.beat(key("r1"));
      await expect(claim(other, "r3")).rejects.toMatchObject({ code: "already_running" });
      await place.expireLeases();
      await expect(claim(other, "r4")).resolves.toMatchObject({ runId: "r1", status: "crashed" });
      const late = await Promise.allSettled([
        store.saveState(key("r1"), '{"by":"late"}'),
        store.beat(key("r1")),
        store.settle(key("r1"), { taken: null, lastCommits: {} }),
      ]);
      const lost = { status: "rejected", reason: expect.objectContaining({ code: "lease_lost" }) };
      expect(late).toEqual([lost, lost, lost]);
      await store.endRun(key("r1"), "done");
      expect(await other.settle(key("r4"), { taken: null, lastCommits: {} })).toMatchObject({ value: '{"by":1}' });
      expect((await other.history(stateId)).map(({ runId, status }) => [runId, status])).toEqual([
        ["r4", "running"],
        ["r1", "crashed"],
      ]);
    });

    test("a run whose end could not be recorded holds its state id no longer than its lease, although its process lives", async () => {
      const { store, place, again } = await makeStore();
      await claim(store, "r1");
      const child = await startSleeper();
      await store.noteChild(key("r1"), identify(child.pid as number));
      const other = await again();
      await place.expireLeases();
      // A runner that was only suspended still has its plugins.
      await expect(claim(other, "r2")).rejects.toMatchObject({ code: "already_running" });
      child.kill("SIGKILL");
      await once(child, "exit");
      await expect(claim(other, "r3")).resolves.toBeNull();
      await expect(store.saveState(key("r1"), "{}")).rejects.toMatchObject({ code: "lease_lost" });
    });

    test("a run that its process let go of without a record of its end holds its state id no longer", async () => {
      const { store } = await makeStore();
      await claim(store, "r1");
      await store.settle(key("r1"), { taken: null, lastCommits: {} });
      await expect(claim(store, "r2")).rejects.toMatchObject({ code: "already_running" });
      store.letGo(key("r1"));
      await expect(claim(store, "r3")).resolves.toMatchObject({ runId: "r1", status: "crashed" });
      await store.endRun(key("r3"), "done");
      store.letGo(key("r3"));
      await expect(claim(store, "r4")).resolves.toMatchObject({ status: "crashed" });
    });

    test("a change by hand shuts out a run of another machine whose lease ran out", async () => {
      const { store, place } = await makeStore();
      await claim(store, "r1");
      await place.setRunner(elsewhere);
      await place.expireLeases();
      await store.change([{ ...key("r2"), kind: "set", value: '{"mine":1}' }]);
      await expect(store.saveState(key("r1"), '{"late":1}')).rejects.toMatchObject({ code: "lease_lost" });
      expect(await store.state(stateId)).toMatchObject({ value: '{"mine":1}' });
    });

    test("a lease that is held is renewed, and a lost one is reported", async () => {
      const { store, place, again } = await makeStore(2000);
      await claim(store, "r1");
      await place.setRunner(elsewhere);
      const losses: string[] = [];
      using _lease = holdLease(store, key("r1"), ({ code }) => losses.push(code));
      await place.expireLeases();
      await new Promise((resolve) => setTimeout(resolve, 700));
      const other = await again();
      await expect(claim(other, "r2")).rejects.toMatchObject({ code: "already_running" });
      expect(losses).toEqual([]);
      await other.markCrashed(key("r1"));
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(losses[0]).toBe("lease_lost");
    });

    test("a run that died before its state was settled hides no other one", async () => {
      const { store, place } = await makeStore();
      await claim(store, "r1");
      await store.settle(key("r1"), { taken: null, lastCommits: {} });
      await place.setRunner(gone);
      await expect(claim(store, "r2")).resolves.toMatchObject({ runId: "r1", status: "crashed" });
      await place.setRunner(gone);
      await expect(claim(store, "r3")).resolves.toMatchObject({ runId: "r1", status: "crashed" });
      expect(await store.settle(key("r3"), { taken: { runId: "r1", value: '{"a":1}' }, lastCommits: { "": "r1" } })).toMatchObject({
        value: '{"a":1}',
        runId: "r1",
      });
      await place.setRunner(gone);
      await expect(claim(store, "r4")).resolves.toEqual({ runId: "r3", status: "crashed", lastCommits: { "": "r1" } });
      expect(await store.state(stateId)).toMatchObject({ value: '{"a":1}' });
    });

    test("the last commit is saved with a state, carried from run to run, and unknown after a change by hand", async () => {
      const { store, place, again } = await makeStore();
      const commitsAfter = async (runId: string): Promise<object | undefined> =>
        (await (await again()).history(stateId)).find((run) => run.runId === runId)?.lastCommits;
      await claim(store, "r1");
      await store.settle(key("r1"), { taken: null, lastCommits: {} });
      await store.saveState(key("r1"), "{}", { "": "r1" });
      await place.setRunner(gone);
      expect((await claim(store, "r2"))?.lastCommits).toEqual({ "": "r1" });
      await store.settle(key("r2"), { taken: null, lastCommits: { "": "r1" } });
      await store.saveState(key("r2"), "{}");
      await store.endRun(key("r2"), "done");
      expect(await commitsAfter("r2")).toEqual({ "": "r1" });
      await claim(store, "r3");
      await store.settle(key("r3"), { taken: null, lastCommits: { "": "r1" } });
      await store.endRun(key("r3"), "done", { "": "r1", "/1": "r3" });
      expect(await commitsAfter("r3")).toEqual({ "": "r1", "/1": "r3" });
      await store.change([{ ...key("c1"), kind: "accept", value: "{}", expected: "{}" }]);
      expect(await commitsAfter("c1")).toEqual({});
      await store.change([{ ...key("c2"), kind: "set", value: "{}", lastCommits: { "": "r3" } }]);
      expect((await claim(store, "r4"))?.lastCommits).toEqual({ "": "r3" });
      await store.settle(key("r4"), { taken: { runId: "r3", value: "{}" }, lastCommits: { "": "r3" }, kind: "from-ledger" });
      expect((await store.history(stateId, 2)).map(({ kind }) => kind)).toEqual(["from-ledger", "set"]);
    });

    test("a change by hand is the previous run, whatever crashed before it", async () => {
      const { store, place } = await makeStore();
      await claim(store, "r1");
      await store.settle(key("r1"), { taken: null, lastCommits: {} });
      await place.setRunner(gone);
      await store.change([{ ...key("r2"), kind: "clear", value: null }]);
      await expect(claim(store, "r3")).resolves.toMatchObject({ runId: "r2", status: "done" });
    });

    test("makes a change only where the state is the one that was looked at, and several changes together or not at all", async () => {
      const { store } = await makeStore();
      const [first, second] = ["dev:a-to-b", "dev:a-to-c"] as const;
      await store.change([
        { stateId: first, runId: "r1", kind: "set", value: '{"a":1}', expected: null },
        { stateId: second, runId: "r2", kind: "set", value: '{"b":1}' },
      ]);
      const move = (expected: string) =>
        store.change([
          { stateId: second, runId: `to ${expected}`, kind: "move", value: '{"a":1}' },
          { stateId: first, runId: `from ${expected}`, kind: "move", value: null, expected },
        ]);
      await expect(move('{"a":0}')).rejects.toMatchObject({ code: "state_changed", message: expect.stringContaining("r1") });
      expect((await store.states()).map(({ value }) => value)).toEqual(['{"a":1}', '{"b":1}']);
      await move('{"a":1}');
      expect(await store.states()).toMatchObject([{ stateId: second, value: '{"a":1}' }]);
    });

    test("lists newest first what runs and people made of a state", async () => {
      const { store } = await makeStore();
      await store.change([{ ...key("r1"), kind: "set", value: '{"a":1}' }]);
      await claim(store, "r2");
      await store.settle(key("r2"), { taken: null, lastCommits: {} });
      await store.saveState(key("r2"), '{"a":2}');
      await store.endRun(key("r2"), "failed");
      await store.change([{ ...key("r3"), kind: "clear", value: null }]);
      expect(await store.history(stateId)).toMatchObject([
        { runId: "r3", kind: "clear", status: "done", before: '{"a":2}', after: null },
        { runId: "r2", kind: "run", status: "failed", before: '{"a":1}', after: '{"a":2}' },
        { runId: "r1", kind: "set", status: "done", before: null, after: '{"a":1}' },
      ]);
      expect(await store.history(stateId, 1)).toHaveLength(1);
    });

    test("forgets the oldest runs, but never the one the next run goes by", async () => {
      const { store, place } = await makeStore();
      await store.change([{ ...key("first"), kind: "set", value: "{}" }]);
      await store.change([{ ...key("second"), kind: "set", value: "{}" }]);
      for (let at = 0; at < 210; at++) {
        await store.claim(key(`r${at}`));
        if (at === 209) await place.setRunner(gone);
        else await store.endRun(key(`r${at}`), "failed");
      }
      expect((await store.claim(key("last"))) as { previous: PreviousRun }).toMatchObject({ previous: { runId: "second" } });
      const runs = (await store.history(stateId, 1000)).map(({ runId }) => runId);
      expect(runs.length).toBeLessThan(205);
      expect(runs).toContain("second");
      expect(runs).not.toContain("first");
    }, 30_000);
  });
}
