import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createRunState } from "../model/run-state.ts";
import type { Step } from "../model/step.ts";
import { openSqliteBackend } from "../state/sqlite-store.ts";
import { storeOver } from "../state/store-over.ts";
import { keepStates } from "./keep-states.ts";
import { handleControlMessage } from "./live-run.ts";

const key = { runId: "run-1", stateId: "dev:tap-a-to-target-b" };

/** A run that is open in a real store, which notes what it is asked to save. */
async function openRun() {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  const store = storeOver(openSqliteBackend(folder), 60_000);
  onTestFinished(async () => {
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  await store.claim(key);
  const saves: string[] = [];
  const saveState: typeof store.saveState = (run, value, lastCommits) => {
    saves.push(value);
    return store.saveState(run, value, lastCommits);
  };
  const step = { stateId: key.stateId } as Step;
  const run = { store: { ...store, saveState }, step, runId: key.runId, state: createRunState(() => {}), onEvent() {} };
  const commits = async () => (await store.history(key.stateId, 1))[0]?.lastCommits;
  return { run, saves, commits, kept: async () => (await store.state(key.stateId))?.value };
}

test("the first state is saved at once, of many in a row only some, and the last one in any case", async () => {
  const { run, saves, kept } = await openRun();
  const keeper = keepStates(run);
  for (let number = 1; number <= 500; number++) {
    keeper.take(`{"n":${number}}`);
    await nextTurn();
  }
  await keeper.saved();
  expect(saves[0]).toBe('{"n":1}');
  expect(saves.length).toBeLessThan(50);
  expect(await kept()).toBe('{"n":500}');
});

test("a state after a pause is saved at once, and one that waits is saved without more of them", async () => {
  const { run, saves, kept } = await openRun();
  const keeper = keepStates(run);
  keeper.take('{"n":1}');
  await nextTurn();
  await nextTurn();
  keeper.take('{"n":2}');
  expect(await kept()).toBe('{"n":1}');
  await wait(300);
  expect(await kept()).toBe('{"n":2}');
  await wait(300);
  keeper.take('{"n":3}');
  await nextTurn();
  await nextTurn();
  expect(await kept()).toBe('{"n":3}');
  await keeper.saved();
  expect(saves).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
});

test("a commit that is reported right after its state was read is in the same write", async () => {
  const { run, commits } = await openRun();
  const keeper = keepStates(run);
  keeper.take('{"n":1}');
  handleControlMessage(run, { type: "committed", streams: {} });
  await nextTurn();
  await nextTurn();
  expect(await commits()).toEqual({ "": key.runId });
  await keeper.saved();
});
