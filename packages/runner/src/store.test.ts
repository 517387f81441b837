import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { claimStateId } from "./claim.ts";
import { identify, isAlive } from "./liveness.ts";
import { openStore, type Store } from "./store.ts";

const id = "dev:tap-a-to-target-b";

function makeStore(): { folder: string; store: Store } {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  const store = openStore(folder);
  onTestFinished(() => {
    store[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
  return { folder, store };
}

/** As a crash leaves it: the run is open, its runner is a process that is gone. */
function pretendRunnerDied(folder: string, pid = 2 ** 22 + 1): void {
  const database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
  database.prepare("UPDATE runs SET runner = ?").run(JSON.stringify({ pid, started: "long ago" }));
  database.close();
}

async function startSleeper(script = "setInterval(() => {}, 1000)"): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", `${script}; console.log("up")`], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout ?? child, "data");
  return child;
}

const claim = (store: Store, runId: string, warnings: string[] = []): Promise<string | null> =>
  claimStateId({ store, runId, stateId: id, grace: { tapMs: 100, targetMs: 300 }, warn: (message) => warnings.push(message) });

test("a state is kept as it was sent and found again", () => {
  const { store } = makeStore();
  store.saveState(id, "r1", '{"id":12345678901234567891}');
  store.saveState(id, "r2", '{"id":12345678901234567892}');
  expect(store.state(id)).toMatchObject({ value: '{"id":12345678901234567892}', runId: "r2" });
  expect(store.states()).toHaveLength(1);
});

test("a second run is refused while the first lives, and let in once it ended", async () => {
  const { folder, store } = makeStore();
  await claim(store, "r1");
  using other = openStore(folder);
  await expect(claim(other, "r2")).rejects.toMatchObject({
    code: "already_running",
    message: expect.stringContaining(`process ${process.pid}`),
  });
  expect(() => other.changeState(id, "r3", "{}")).toThrow(expect.objectContaining({ code: "already_running" }));
  store.endRun("r1", { status: "done", counts: null, error: null });
  await expect(claim(other, "r4")).resolves.toBeNull();
});

test("a crash locks nobody out, also when its pid belongs to another process by now", async () => {
  const { folder, store } = makeStore();
  await claim(store, "r1");
  store.saveState(id, "r1", "{}");
  pretendRunnerDied(folder, process.pid);
  await expect(claim(store, "r2")).resolves.toBe("{}");
});

test("what a crashed run left behind is stopped first, even if it ignores SIGTERM", async () => {
  const { folder, store } = makeStore();
  const child = await startSleeper('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
  const identity = identify(child.pid as number);
  await claim(store, "r1");
  store.noteChild("r1", identity);
  pretendRunnerDied(folder);
  const warnings: string[] = [];
  await claim(store, "r2", warnings);
  expect(warnings).toEqual([expect.stringContaining(`left process ${child.pid} behind`)]);
  expect(isAlive(identity)).toBe(false);
});

test("a process of another start time is left alone", async () => {
  const { folder, store } = makeStore();
  const child = await startSleeper();
  await claim(store, "r1");
  store.noteChild("r1", { pid: child.pid as number, started: "another time" });
  pretendRunnerDied(folder);
  await claim(store, "r2");
  expect(isAlive(identify(child.pid as number))).toBe(true);
});

test("changes by hand are in the history like runs", () => {
  const { folder, store } = makeStore();
  store.changeState(id, "r1", '{"a":1}');
  store.changeState(id, "r2", null);
  expect(store.state(id)).toBeUndefined();
  const database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
  const rows = database.prepare("SELECT kind, status, state_before, state_after FROM runs ORDER BY run_id").all();
  database.close();
  expect(rows).toEqual([
    { kind: "state_set", status: "done", state_before: null, state_after: '{"a":1}' },
    { kind: "state_clear", status: "done", state_before: '{"a":1}', state_after: null },
  ]);
});

test("a file of a newer form is not touched", () => {
  const { folder, store } = makeStore();
  store.saveState(id, "r1", "{}");
  const database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
  database.exec("PRAGMA user_version = 99");
  database.close();
  expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: "store_too_new" }));
});
