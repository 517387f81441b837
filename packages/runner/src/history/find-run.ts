/** Finds a run in the history by what a person typed, and makes the request that tries its failed steps again. */
import { isSuccess } from "@tapline/protocol";
import type { JobRequest } from "../model/job-request.ts";
import { runOfTry } from "../model/run-id.ts";
import type { History, RunRecord, StepRecord } from "./history.ts";

/** By its id, the beginning of it, or the id of one of its tries. undefined: there is none, or more than one. */
export function runLike(history: History, id: string): RunRecord | undefined {
  const start = runOfTry(id);
  const known = history.run(start);
  if (known !== undefined) return known;
  const found = history.runsLike(start);
  if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  return history.runOfAttempt(id);
}

/** What to ask for to repeat the steps that did not succeed. undefined: all of them did, or it loaded a partition of a back-fill, which alone runs it again. */
export function retryOf({ runId, request, trigger }: RunRecord, steps: readonly StepRecord[]): JobRequest | undefined {
  if (trigger.kind === "backfill") return undefined;
  const only = steps.filter(({ status }) => !isSuccess(status)).map(({ index }) => index);
  return only.length === 0 ? undefined : { ...request, only, trigger: { kind: "retry", of: runId } };
}
