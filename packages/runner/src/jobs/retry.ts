/** Repeats a step whose failure may pass, each time from the last committed state. */

import type { Failure } from "../model/failure.ts";
import type { ResultStatus } from "../model/run-event.ts";
import type { StopSource } from "../model/stop.ts";
import { waitUnlessStopped } from "../process/pause.ts";
import type { Retry } from "../project/job.ts";

/** How a try ended. */
export interface Tried {
  status: ResultStatus;
  failure: Failure | null;
}

export interface RetryOptions<T extends Tried> {
  retry: Retry;
  stop: StopSource;
  attempt(): Promise<T>;
  onWait(ms: number, failed: T): void;
  random?: () => number;
}

/** Resolves to the result of the last try. */
export async function runWithRetries<T extends Tried>({ retry, stop, attempt, onWait, random = Math.random }: RetryOptions<T>): Promise<T> {
  for (let number = 1; ; number++) {
    const result = await attempt();
    if (number >= retry.attempts || !mayPass(result.failure)) return result;
    // A random factor, so that steps that lost the same server do not return to it at the same moment.
    const ms = Math.round(Math.min(retry.delayMs * 4 ** (number - 1), retry.maxDelayMs) * (0.5 + random()));
    onWait(ms, result);
    await waitUnlessStopped(ms, stop);
    if (stop.signal !== undefined) return { ...result, status: "stopped" };
  }
}

/** Whether a plugin reported a lost connection that may return. A plugin that was killed from outside is not started again. */
function mayPass(failure: Failure | null): boolean {
  return failure?.class === "connection" && failure.recovery === "retry" && failure.code !== "plugin_killed";
}
