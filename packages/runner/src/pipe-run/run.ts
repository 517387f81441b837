/** One step, a tap into a target, from the project file to the history: the runner's main path. */

import { type Catalog, type PluginEvent, parseExact, TaplineError } from "@tapline/protocol";
import { checkStreamNames, selectedStreams } from "../catalog/shape.ts";
import { type TapCatalog, tapCatalog } from "../catalog/tap-catalog.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { guaranteeOfRun } from "../model/guarantee.ts";
import type { RunEvent, RunResult } from "../model/run-event.ts";
import { makeRunId } from "../model/run-id.ts";
import { makeLedgerId } from "../model/state-id.ts";
import type { ReadyPlugin, Step } from "../model/step.ts";
import { createRunFolder, type RunFolder, sweepRunFolders } from "../process/run-folder.ts";
import { createStopSwitch, joinStops } from "../process/stop-switch.ts";
import { claimStateId } from "../state/claim.ts";
import { holdLease } from "../state/lease.ts";
import { openStore } from "../state/open-store.ts";
import type { PreviousRun } from "../state/store.ts";
import { holdPlaces, tellWait } from "../state/writer-lock.ts";
import { foldLanes, runLanes } from "./lanes.ts";
import { settleState } from "./last-state.ts";
import { graceOf, overwritesTables } from "./plugin-arguments.ts";
import { createProgress } from "./progress.ts";
import { pump } from "./pump.ts";
import { hear, keyOf, type Run } from "./run-in-progress.ts";
import type { RunOptions } from "./run-options.ts";
import { type StartState, startStateOf } from "./start-state.ts";
import { warningsOn } from "./warnings.ts";

/** The run's own failures are in the result. @throws already_running, store_unusable */
export async function runStep(options: RunOptions): Promise<RunResult> {
  const { project, step, onEvent, stop } = options;
  const { environment, stateId } = step;
  const grace = { ...graceOf(step), ...options.grace };
  const started = new Date();
  const runId = makeRunId(started);
  await using store = await openStore(project, environment);
  sweepRunFolders(project.folder);
  const warn = (message: string): void => onEvent({ type: "log", plugin: "tapline", level: "warning", message: step.redact(message) });
  const previous = await claimStateId({ store, runId, stateId, grace, warn });
  const kept = await store.state(stateId);
  const halt = createStopSwitch();
  const run: Run = {
    step,
    runId,
    ledgerId: makeLedgerId(stateId, store.id),
    store,
    stop: joinStops(stop, halt),
    halt,
    grace,
    onEvent,
    folder: project.folder,
    progress: createProgress(),
    stateBefore: kept?.value ?? null,
    stateIsOf: kept?.runId ?? null,
  };
  using _lease = holdLease(store, keyOf(run), (error) => {
    run.storeFailure = error;
    halt.stop("SIGTERM");
  });
  const failure = await attempt(run, previous, options);
  const streams = run.progress.streams();
  const status = failure === null ? "done" : failure.code === "run_stopped" ? "stopped" : "failed";
  await closeRun(run, status);
  return {
    kind: "pipe",
    runId,
    stateId,
    environment,
    tap: step.tap.plugin.name,
    target: step.target.plugin.name,
    status,
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    streams,
    stateBefore: run.stateBefore,
    stateAfter: await stateAfter(run),
    place: step.place,
    delivery: guaranteeOfRun(step.target.about, run.progress.delivery()),
    overwrite: overwritesTables(step.target),
    warnings: warningsOn(streams),
    failure,
  };
}

async function attempt(run: Run, previous: PreviousRun | null, options: RunOptions): Promise<Failure | null> {
  try {
    using _place = await holdPlaces({ folder: run.folder, places: toList(options.place), stop: run.stop, onWait: tellWait(run.onEvent) });
    using folder = createRunFolder(run.folder, run.runId);
    const unsettled = (await settleState(run, previous, folder)) ?? (await foldLanes(run, previous, folder));
    const kept = await run.store.state(run.step.stateId);
    run.stateBefore = kept?.value ?? null;
    const { fullRefresh = false, earlierTries = [], parallel = 1 } = options;
    const overwrite = overwritesTables(run.step.target);
    const start = startStateOf({ kept: run.stateBefore, keptBy: run.stateIsOf, fullRefresh, overwrite, earlierTries });
    const chosen = unsettled === null ? await chooseCatalog(run, options, folder) : { failure: unsettled };
    run.onEvent(startOf(run, start));
    if ("failure" in chosen) return chosen.failure;
    const { state } = start;
    const { catalog } = chosen;
    if (catalog !== undefined && typeof fullRefresh !== "boolean") checkStreamNames(catalog, fullRefresh, run.step.tap.plugin.name);
    if (parallel === 1 || catalog === undefined) return await pump({ run, folder, state });
    return await runLanes({ run, folder, state, catalog, count: parallel, options, runLane: runStep });
  } catch (error) {
    if (error instanceof TaplineError) return asFailure("tapline", error);
    await run.store.endRun(keyOf(run), "failed");
    throw error;
  }
}

const toList = (place: string | null | undefined): string[] => (place == null ? [] : [place]);

/** Also asks the tap for it, where rules speak of streams or they are to be split, and none is kept. */
async function chooseCatalog(run: Run, options: RunOptions, folder: RunFolder): Promise<TapCatalog> {
  const { project, filter, refreshCatalog: refresh, parallel = 1 } = options;
  const { tap, redact } = run.step;
  const onEvent = (event: PluginEvent): void => hear(run, { role: "tap", ready: tap }, event);
  const chosen = await tapCatalog({ project, tap, redact, filter, refresh, always: parallel > 1, stop: run.stop.asked, onEvent });
  if ("failure" in chosen) return chosen;
  for (const message of chosen.warnings) run.onEvent({ type: "log", plugin: "tapline", level: "warning", message });
  if (chosen.catalog !== undefined) {
    run.step = withCatalog(run.step, chosen.catalog, folder);
  }
  return chosen;
}

/** Whoever ends when it has enough of each stream must know them all. */
function withCatalog(step: Step, catalog: Catalog, folder: RunFolder): Step {
  const streams = selectedStreams(catalog).map(({ stream }) => stream);
  const mappers = step.mappers.map((each): ReadyPlugin => {
    const { plugin, endsEarly = false } = each;
    return endsEarly ? { ...each, plugin: { ...plugin, config: { ...plugin.config, streams } } } : each;
  });
  return { ...step, mappers, tap: { ...step.tap, catalog: folder.write("catalog.json", catalog) } };
}

function startOf({ step, runId }: Run, { state, startOver }: StartState): RunEvent {
  return {
    type: "run_started",
    runId,
    stateId: step.stateId,
    environment: step.environment,
    tap: step.tap.plugin.name,
    target: step.target.plugin.name,
    state: state === null ? null : parseExact(state),
    fullRefresh: startOver,
    overwrite: overwritesTables(step.target),
  };
}

/** A store that failed once may fail here again: the run then stays open there, and the next one marks it as crashed. */
async function closeRun(run: Run, status: RunResult["status"]): Promise<void> {
  try {
    await run.store.endRun(keyOf(run), status);
  } catch (error) {
    if (run.storeFailure === undefined) throw error;
  }
}

/** Where the store fails, the last state it is known to have had. */
async function stateAfter(run: Run): Promise<string | null> {
  try {
    return (await run.store.state(run.step.stateId))?.value ?? null;
  } catch (error) {
    if (run.storeFailure === undefined) throw error;
    return run.stateBefore;
  }
}
