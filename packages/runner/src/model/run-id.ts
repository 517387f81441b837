/**
 * Ids of runs and of their tries. A run has one id in the history, its log file and everything it prints. Each try of a step needs a
 * separate id in the store and the target's ledger: a leftover target of an earlier try must not be able to commit. So the first try of
 * the first pipe has the id of the run, and the others have it with a suffix.
 *
 * Ids of runs sort by time; two runs that start in the same second differ. Ids of tries are not sorted anywhere: stores keep runs in the
 * order in which they were claimed.
 */
import { randomBytes } from "node:crypto";

export function makeRunId(started: Date): string {
  return `${compactTime(started)}-${randomBytes(4).toString("hex")}`;
}

/** A time as ids have it: 20260131T101500Z. */
export function compactTime(time: Date | string): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** Returns a function that makes the ids of a run's tries, over all its steps: RUN, RUN.2, RUN.3, … */
export function createTryIds(runId: string): () => string {
  let count = 0;
  return () => {
    count += 1;
    return count === 1 ? runId : `${runId}.${count}`;
  };
}

/** The id of one of the pipes that a try is split over. `lane` counts from 1. */
export function laneRunId(tryId: string, lane: number): string {
  return `${tryId}.lane${lane}`;
}

/** The run that a try belongs to. The id of a run stays as it is. */
export function runOfTry(tryId: string): string {
  return tryId.split(".", 1)[0] as string;
}
