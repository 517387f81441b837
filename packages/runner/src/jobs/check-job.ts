/** Runs the checks of a job without a load: every rule is asked of the tables, also those that a load asks of rows before it takes them. */
import { catalogCache } from "../catalog/cache.ts";
import { askChecks } from "../checks/ask-checks.ts";
import { withKeys } from "../checks/check-names.ts";
import { checksOfTables } from "../checks/checks-for.ts";
import { againstEarlierRuns } from "../history/earlier-counts.ts";
import { openHistory } from "../history/sqlite-history.ts";
import type { Failure } from "../model/failure.ts";
import type { CheckResult } from "../model/planned-check.ts";
import type { AskContext } from "../process/ask-plugin.ts";
import { planJob } from "./plan.ts";

export interface CheckJobOptions extends AskContext {
  job: string;
  environment: string | undefined;
  binFolders?: readonly string[];
  /** Called for each step, once its checks were run. */
  onStep(step: string, results: readonly CheckResult[]): void;
}

/** A failure: a target could not be asked. @throws what `planJob` throws, checks_unsupported */
export async function checkJob({
  project,
  job,
  environment: wanted,
  binFolders = [],
  onStep,
  stop,
  onEvent,
}: CheckJobOptions): Promise<Failure | null> {
  const plan = await planJob({ project, request: { words: [job], ...(wanted !== undefined && { environment: wanted }) }, binFolders });
  using history = openHistory(project.folder);
  for (const { step, ready } of plan.steps) {
    if (ready.kind !== "pipe" || step.checks.length === 0) continue;
    const { tap, target, redact, environment } = ready.pipe;
    const known = withKeys(checksOfTables(target, step.checks), catalogCache(project.folder, tap).read()?.text);
    const checks = againstEarlierRuns(known, { history, runId: "", step: step.name, job, environment });
    const results = await askChecks({ project, target, redact, checks, stop, onEvent });
    if ("failure" in results) return results.failure;
    onStep(step.name, results);
  }
  return null;
}
