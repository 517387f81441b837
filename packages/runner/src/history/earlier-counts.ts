/** Bounds for `row_count` by what the same check counted in the runs before. */
import { isSuccess } from "@tapline/protocol";
import type { PlannedCheck } from "../model/planned-check.ts";
import type { History } from "./history.ts";

export interface EarlierOptions {
  history: History;
  /** The current run. */
  runId: string;
  /** The step's name. */
  step: string;
  job: string;
  environment: string;
}

/** How many runs it looks through. */
const mostRuns = 500;

/** Without an earlier count the bounds stay: there is nothing to compare with. */
export function againstEarlierRuns(checks: readonly PlannedCheck[], options: EarlierOptions): PlannedCheck[] {
  return checks.map((planned) => {
    const { check, earlier } = planned;
    if (earlier === undefined || check.rule !== "row_count") return planned;
    const counts = countsBefore(check.id, earlier.runs, options);
    if (counts.length === 0) return planned;
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const [low, high] = [Math.ceil(mean * (1 - earlier.change)), Math.floor(mean * (1 + earlier.change))];
    const { min = low, max = high } = check;
    return { ...planned, check: { ...check, min: Math.max(Number(min), low), max: Math.min(Number(max), high) } };
  });
}

function countsBefore(id: string, most: number, { history, runId, step, job, environment }: EarlierOptions): number[] {
  const counts: number[] = [];
  for (const run of history.runs({ limit: mostRuns, name: job, environment })) {
    if (counts.length >= most) break;
    // A partition of a back-fill has the rows of another time.
    if (run.runId === runId || run.trigger.kind === "backfill") continue;
    const own = history.steps(run.runId).find((each) => each.name === step && isSuccess(each.status));
    const found = own?.checks?.find((each) => each.id === id)?.found;
    if (found !== undefined && Number.isFinite(Number(found))) counts.push(Number(found));
  }
  return counts;
}
