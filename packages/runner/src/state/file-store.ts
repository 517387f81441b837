/**
 * Keeps states in one JSON file, for machines that share a folder or keep one between jobs. The file is replaced by a rename, so a reader
 * sees all of a change or nothing of it. A writer holds a lock of the operating system, which is released if the writer dies.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { errors } from "../errors.ts";
import { type Backend, type Decision, type Entry, entryOf, keptRuns, type RunRow } from "./backend.ts";
import { fileFacts } from "./file-facts.ts";
import { guardStore } from "./guard-store.ts";
import { locked, replaceJson } from "./json-file.ts";
import { openLock } from "./sqlite.ts";
import type { StoredState } from "./store.ts";

interface Content {
  form: number;
  id: string;
  states: StoredState[];
  /** Oldest first. */
  runs: RunRow[];
}

const form = 1;

/** @throws store_unusable, store_too_new */
export function openFileBackend(path: string): Backend {
  const guard = <T>(work: () => T): T => guardStore(path, work);
  const lock = guard(() => {
    mkdirSync(dirname(path), { recursive: true });
    return openLock(`${path}.lock`);
  });
  const read = (): Content => readContent(path);
  const id = guard(() => locked(lock, () => readOrMake(path))).id;
  return {
    id,
    place: path,
    decide: async (stateIds, rule) =>
      guard(() =>
        locked(lock, () => {
          const content = read();
          const decision = rule(stateIds.map((stateId) => entryIn(content, stateId)) as Parameters<typeof rule>[0], new Date());
          if (decision.runs?.length || decision.states?.length) replaceJson(path, changed(content, decision));
          return decision.answer;
        }),
      ),
    state: async (stateId) => guard(() => read().states.find((state) => state.stateId === stateId)),
    states: async () => guard(() => read().states),
    runs: async (stateId, limit) =>
      guard(() =>
        read()
          .runs.filter((run) => run.stateId === stateId)
          .reverse()
          .slice(0, limit),
      ),
    facts: fileFacts(`${path}.facts`, async (work) => guard(() => locked(lock, work))),
    [Symbol.asyncDispose]: async () => lock.close(),
  };
}

function entryIn({ states, runs }: Content, stateId: string): Entry {
  return entryOf(
    stateId,
    states.find((state) => state.stateId === stateId),
    runs.filter((run) => run.stateId === stateId),
  );
}

function changed(content: Content, { runs = [], states = [] }: Decision<unknown>): Content {
  const newStates = new Map(content.states.map((state) => [state.stateId, state]));
  for (const state of states) {
    if (state.value === null) newStates.delete(state.stateId);
    else newStates.set(state.stateId, state);
  }
  const newRuns = new Map(content.runs.map((run) => [run.runId, run]));
  for (const run of runs) newRuns.set(run.runId, run);
  return {
    ...content,
    states: [...newStates.values()].sort((a, b) => (a.stateId < b.stateId ? -1 : 1)),
    runs: newest([...newRuns.values()]),
  };
}

/** Drops old runs. Runs that the rules need are always kept. */
function newest(runs: readonly RunRow[]): RunRow[] {
  const counts = new Map<string, number>();
  const hasSettled = new Set<string>();
  return runs
    .toReversed()
    .filter((run) => {
      const count = (counts.get(run.stateId) ?? 0) + 1;
      counts.set(run.stateId, count);
      const isPrevious = run.isSettled && !hasSettled.has(run.stateId);
      if (isPrevious) hasSettled.add(run.stateId);
      return count <= keptRuns || isPrevious || run.status === "running";
    })
    .reverse();
}

function readOrMake(path: string): Content {
  try {
    return readContent(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const content: Content = { form, id: randomBytes(16).toString("hex"), states: [], runs: [] };
    replaceJson(path, content);
    return content;
  }
}

function readContent(path: string): Content {
  const text = readFileSync(path, "utf8");
  let content: Content;
  try {
    content = JSON.parse(text) as Content;
  } catch (error) {
    throw new Error(`it is no JSON (${(error as Error).message})`);
  }
  if (typeof content?.form !== "number" || !Array.isArray(content.states) || !Array.isArray(content.runs))
    throw new Error("it is no file of states");
  if (content.form > form) throw errors.store_too_new({ path, version: content.form });
  // Earlier versions did not keep the last commits.
  return { ...content, runs: content.runs.map((run) => ({ ...run, lastCommits: run.lastCommits ?? {} })) };
}
