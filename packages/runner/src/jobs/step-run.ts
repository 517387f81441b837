/** One step of a job while it runs: its tries, its events, and its record in the history. */

import { isSuccess, type LoadedStream, TaplineError } from "@tapline/protocol";
import { againstEarlierRuns } from "../history/earlier-counts.ts";
import type { History, StepRecord } from "../history/history.ts";
import { loadedStreams } from "../history/loaded-streams.ts";
import { pluginRecords, streamRecords } from "../history/step-record.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { RunEvent, StepResult } from "../model/run-event.ts";
import { partsOf } from "../model/step.ts";
import type { StopSource } from "../model/stop.ts";
import { runStep } from "../pipe-run/run.ts";
import type { Job } from "../project/job.ts";
import type { EventFile } from "../runs/event-file.ts";
import type { ReadyUtility } from "../utility/prepare-utility.ts";
import { runUtility } from "../utility/run-utility.ts";
import type { JobOptions } from "./job-options.ts";
import type { PlannedStep, ReadyPipe } from "./plan.ts";
import { runWithRetries } from "./retry.ts";
import type { Task } from "./schedule.ts";

export interface StepRunOptions {
  planned: PlannedStep;
  index: number;
  /** The run id of the job. */
  runId: string;
  /** Makes the id of the next try of any step. */
  nextTryId(): string;
  history: History;
  events: EventFile;
  stop: StopSource;
  job: Job;
  options: JobOptions;
}

export interface StepRun {
  task: Task;
  /** The result of its last try; null: no try has ended. */
  readonly result: StepResult | null;
  readonly failure: Failure | null;
  /** The error that prevented it from beginning. */
  readonly error: TaplineError | undefined;
  /** Records that the step will not run. */
  skip(): void;
}

export function makeStepRun(given: StepRunOptions): StepRun {
  const { planned, index, runId, job, nextTryId, history, events, stop, options } = given;
  const { step, ready } = planned;
  const { project, request, binFolders } = options;
  const { trigger } = request;
  const { redact } = ready.kind === "pipe" ? ready.pipe : ready;
  const retryOf = trigger?.kind === "retry" ? trigger.of : undefined;
  let result: StepResult | null = null;
  let failure: Failure | null = null;
  let error: TaplineError | undefined;
  let record = newRecord(given);
  const onEvent = (event: RunEvent): void => {
    events.write(event, index, redact);
    options.onEvent(event, index);
  };
  let isKept = true;
  const note = (changed: Partial<StepRecord>): void => {
    record = { ...record, ...changed };
    try {
      if (isKept) history.noteStep(record);
    } catch (thrown) {
      // No run decides anything by the history, so a run must not fail because of it.
      if (!(thrown instanceof TaplineError)) throw thrown;
      isKept = false;
      onEvent({ type: "log", plugin: "tapline", level: "warning", message: `This run's history is not kept: ${thrown.message}` });
    }
  };
  const noteEnd = (status: StepRecord["status"], end: Partial<StepRecord>): void =>
    note({ status, endedAt: new Date().toISOString(), error: failure, ...end });

  const lanesOf = (): number => {
    if (step.parallel === 1 || ready.kind === "utility") return step.parallel;
    const why =
      ready.writesTo !== null
        ? `${ready.pipe.target.plugin.name} takes one writer at a time`
        : ready.pipe.checks?.some(({ when }) => when === "commit")
          ? "Checks with `when: commit` need all rows in one transaction"
          : request.follow === true
            ? "A log of changes is followed over one pipe"
            : undefined;
    if (why === undefined) return step.parallel;
    const message = `${why}, so this step runs over one pipe and not ${step.parallel}`;
    onEvent({ type: "log", plugin: "tapline", level: "warning", message });
    return 1;
  };
  const loadedBefore = ({ named, environment }: ReadyUtility): LoadedStream[] | null => {
    // A step that a person typed is done in any case, whatever was loaded.
    if (!job.isKept) return null;
    const targets = named.map(({ plugin }) => plugin.name);
    return loadedStreams({ history, runId, step: step.name, job: job.name, environment, targets });
  };
  /** When the failed try began that the next try repeats; null: the next try is the first. */
  const failedSince = (): string | null => {
    if (failure !== null) return record.startedAt;
    const earlier = retryOf === undefined ? [] : history.steps(retryOf);
    return earlier.find((each) => each.index === index && each.status === "failed")?.startedAt ?? null;
  };
  const tryPipe = ({ pipe, writesTo }: ReadyPipe): Promise<StepResult> => {
    const { full_refresh: fullRefresh = false, replace = false, select = [], exclude = [] } = request;
    const command = options.command ?? (job.isKept && job.steps.length === 1 ? `tapline run ${job.name}` : undefined);
    const filter = [...select, ...exclude.map((pattern) => `!${pattern}`)];
    const parallel = lanesOf();
    // A full refresh that committed something continues from there.
    const before = retryOf === undefined ? [] : history.steps(retryOf).flatMap(({ attempts }) => attempts);
    const earlierTries = [...before, ...record.attempts];
    const tryId = nextTryId();
    // Before it runs, so that a run that crashes has all its tries in the history.
    note({ attempts: [...record.attempts, tryId] });
    const { checks = [] } = pipe;
    const measured = {
      ...pipe,
      checks: againstEarlierRuns(checks, { history, runId, step: step.name, job: job.name, environment: pipe.environment }),
    };
    return runStep({
      ...{ project, step: measured, runId: tryId, writesTo },
      ...{ stop, follows: request.follow === true, fullRefresh, filter, parallel, earlierTries, onEvent, command },
      ...{ refreshCatalog: request.refresh_catalog === true, fromLedger: request.from_ledger === true },
      ...{ replace: typeof replace === "boolean" ? [] : replace, ledgerName: options.ledgerName },
    });
  };
  const tryUtility = (utility: ReadyUtility): Promise<StepResult> =>
    runUtility({
      ...{ project, ready: utility, name: step.name, runId, loaded: loadedBefore(utility), failedSince: failedSince() },
      ...{ binFolders, stop, onEvent },
    });
  const attempt = async (): Promise<StepResult> => {
    const tried = await (ready.kind === "pipe" ? tryPipe(ready) : tryUtility(ready));
    failure = tried.failure;
    if (tried.kind === "pipe")
      noteEnd(tried.status, {
        streams: streamRecords(tried),
        warnings: tried.warnings,
        ...(tried.checks !== undefined && { checks: tried.checks }),
      });
    else noteEnd(tried.status, { exitCode: tried.exitCode, nodes: tried.nodes });
    onEvent({ type: "run_finished", result: tried });
    return tried;
  };
  const run = async (): Promise<boolean> => {
    note({ status: "running", startedAt: new Date().toISOString() });
    try {
      result = await runWithRetries({
        retry: step.retry,
        stop,
        attempt,
        onWait: (waitMs, failed) => onEvent({ type: "retrying", name: step.name, waitMs, failure: failed.failure as Failure }),
      });
      return isSuccess(result.status);
    } catch (thrown) {
      if (!(thrown instanceof TaplineError)) throw thrown;
      error = thrown;
      failure = asFailure("tapline", thrown);
      noteEnd("failed", {});
      return false;
    }
  };
  return {
    task: { after: step.after, writesTo: pathsWrittenBy(ready), run },
    get result() {
      return result;
    },
    get failure() {
      return failure;
    },
    get error() {
      return error;
    },
    skip() {
      note({ status: "skipped" });
      const reason = stop.signal === undefined ? "an earlier step failed" : "the run was stopped";
      onEvent({ type: "step_skipped", name: step.name, reason });
    },
  };
}

function pathsWrittenBy(ready: PlannedStep["ready"]): readonly string[] {
  if (ready.kind === "utility") return ready.writesTo;
  return ready.writesTo === null ? [] : [ready.writesTo];
}

function newRecord({ planned: { step, ready }, index, runId }: StepRunOptions): StepRecord {
  const plugins =
    ready.kind === "pipe" ? pluginRecords(partsOf(ready.pipe)) : [{ name: ready.plugin.name, version: ready.about?.version ?? null }];
  return {
    runId,
    index,
    name: step.name,
    stateId: ready.kind === "pipe" ? ready.pipe.stateId : null,
    status: "waiting",
    attempts: [],
    startedAt: null,
    endedAt: null,
    plugins,
    exitCode: null,
    error: null,
    streams: [],
  };
}
