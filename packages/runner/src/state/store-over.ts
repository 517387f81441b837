/** The store over any backend: each method is one rule, decided and written in one transaction of the backend. */
import type { Backend } from "./backend.ts";
import { beat, change, claim, end, holder, markCrashed, noteChild, save, saveCommits, settle } from "./rules.ts";
import type { RunKey, Store } from "./store.ts";
import { unrecordedEnds } from "./unrecorded-ends.ts";

export function storeOver(backend: Backend, leaseMs: number): Store {
  const ends = unrecordedEnds(backend.id);
  const one = (run: RunKey): readonly [string] => [run.stateId];
  return {
    id: backend.id,
    place: backend.place,
    leaseMs,
    async claim(run) {
      // Before the answer, which may be lost although the store wrote the run.
      ends.open(run);
      const answer = await backend.decide(one(run), ([entry], now) => claim(entry, run, { now, leaseMs, ...ends }));
      if (answer.outcome !== "claimed") ends.recorded(run);
      return answer;
    },
    holder: (stateId) => backend.decide([stateId], ([entry], now) => ({ answer: holder(entry, { now, ...ends }) })),
    settle: (run, start) => backend.decide(one(run), ([entry], now) => settle(entry, run, start, now)),
    noteChild: (run, child) => backend.decide(one(run), ([entry]) => noteChild(entry, run, child)),
    beat: (run) => backend.decide(one(run), ([entry], now) => beat(entry, run, now, leaseMs)),
    markCrashed: (run) => backend.decide(one(run), ([entry], now) => markCrashed(entry, run, now)),
    async endRun(run, status, lastCommits) {
      await backend.decide(one(run), ([entry], now) => end(entry, run, status, lastCommits, now));
      ends.recorded(run);
    },
    letGo: ends.letGo,
    saveState: (run, value, lastCommits) => backend.decide(one(run), ([entry], now) => save(entry, run, value, lastCommits, now)),
    saveCommits: (run, lastCommits) => backend.decide(one(run), ([entry]) => saveCommits(entry, run, lastCommits)),
    change: (changes) =>
      backend.decide(
        changes.map(({ stateId }) => stateId),
        (entries, now) => change(entries, changes, { now, ...ends }),
      ),
    state: (stateId) => backend.state(stateId),
    states: () => backend.states(),
    history: async (stateId, limit = 20) =>
      (await backend.runs(stateId, limit)).map(({ runId, kind, status, startedAt, endedAt, before, after, lastCommits }) => ({
        runId,
        stateId,
        kind,
        status,
        startedAt,
        endedAt,
        before,
        after,
        lastCommits,
      })),
    facts: backend.facts,
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}
