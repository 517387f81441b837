/** Tries a step again whose failure can pass, each time from the last state that was committed. */

import type { Failure } from "../model/failure.ts";
import type { StopSource } from "../model/stop.ts";
import { waitUnlessStopped } from "../process/pause.ts";
import type { Retry } from "../project/job.ts";

/** What a try may end with. */
export interface Tried {
  status: "done" | "failed" | "stopped";
  failure: Failure | null;
}

export interface RetryOptions<T extends Tried> {
  retry: Retry;
  stop: StopSource;
  attempt(): Promise<T>;
  onWait(ms: number, failed: T): void;
  random?: () => number;
}

/** The last try's result. */
export async function runPatiently<T extends Tried>({ retry, stop, attempt, onWait, random = Math.random }: RetryOptions<T>): Promise<T> {
  for (let number = 1; ; number++) {
    const result = await attempt();
    if (number >= retry.attempts || !canPass(result.failure)) return result;
    // Two that lost the same server must not come back to it in the same moment.
    const ms = Math.round(Math.min(retry.delayMs * 4 ** (number - 1), retry.maxDelayMs) * (0.5 + random()));
    onWait(ms, result);
    await waitUnlessStopped(ms, stop);
    if (stop.signal !== undefined) return { ...result, status: "stopped" };
  }
}

/** A plugin said that its connection was lost and may be there again; who was killed from outside is not started again. */
function canPass(failure: Failure | null): boolean {
  return failure?.class === "connection" && failure.recovery === "retry" && failure.code !== "plugin_killed";
}
