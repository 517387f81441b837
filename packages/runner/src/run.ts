/** One step, a tap into a target, from the project file to the history: the runner's main path. */
import { TaplineError } from "@tapline/protocol";
import { claimStateId } from "./claim.ts";
import type { Grace, StopSource } from "./deliver.ts";
import { prepareStep, type StepOptions } from "./prepare.ts";
import { createProgress } from "./progress.ts";
import { pump, type Run } from "./pump.ts";
import type { RunEvent, RunResult } from "./run-events.ts";
import { createRunFolder, sweepRunFolders } from "./run-folder.ts";
import { makeRunId } from "./run-id.ts";
import { createStopSwitch, joinStops } from "./stop-source.ts";
import { openStore, type RunEnd } from "./store.ts";
import { asFailure, type Failure } from "./verdict.ts";

export interface RunOptions extends StepOptions {
  stop: StopSource;
  onEvent(event: RunEvent): void;
  /** The tap gets no state; the old one stays until the run's first STATE. */
  fullRefresh?: boolean;
  grace?: Partial<Grace>;
}

/** The run's own failures are in the result. @throws config errors before it began, already_running */
export async function runStep(options: RunOptions): Promise<RunResult> {
  const { project, onEvent, stop } = options;
  const grace = { tapMs: 5000, targetMs: 10_000, ...options.grace };
  const step = await prepareStep(options);
  const started = new Date();
  const runId = makeRunId(started);
  using store = openStore(project.folder);
  sweepRunFolders(project.folder);
  const warn = (message: string): void => onEvent({ type: "log", plugin: "tapline", level: "warning", message: step.redact(message) });
  const stateBefore = await claimStateId({ store, runId, stateId: step.stateId, grace, warn });
  const state = options.fullRefresh === true ? null : stateBefore;
  onEvent({
    type: "run_started",
    runId,
    stateId: step.stateId,
    environment: step.environment,
    tap: step.tap.plugin.name,
    target: step.target.plugin.name,
    state: state === null ? null : JSON.parse(state),
    fullRefresh: options.fullRefresh === true,
  });
  const halt = createStopSwitch();
  const run: Run = {
    step,
    runId,
    store,
    state,
    stop: joinStops(stop, halt),
    halt,
    grace,
    onEvent,
    folder: project.folder,
    progress: createProgress(),
  };
  const failure = await attempt(run);
  const streams = run.progress.streams();
  const status = failure === null ? "done" : failure.code === "run_stopped" ? "stopped" : "failed";
  closeRun(run, { status, counts: streams, error: failure });
  return {
    runId,
    stateId: step.stateId,
    environment: step.environment,
    tap: step.tap.plugin.name,
    target: step.target.plugin.name,
    status,
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    streams,
    stateBefore,
    stateAfter: store.state(step.stateId)?.value ?? null,
    place: step.place,
    failure,
  };
}

/** A store that failed once may fail here again: the run then stays open there, and the next one marks it as crashed. */
function closeRun({ store, runId, storeFailure }: Run, end: RunEnd): void {
  try {
    store.endRun(runId, end);
  } catch (error) {
    if (storeFailure === undefined) throw error;
  }
}

async function attempt(run: Run): Promise<Failure | null> {
  try {
    using folder = createRunFolder(run.folder, run.runId);
    return await pump(run, folder);
  } catch (error) {
    if (error instanceof TaplineError) return asFailure("tapline", error);
    run.store.endRun(run.runId, { status: "failed", counts: run.progress.streams(), error: { message: run.step.redact(String(error)) } });
    throw error;
  }
}
