/** Runs one step, a tap into a target: from the claim of its state id to the result. The runner's main path. */
import { type Catalog, capabilities, hasCapability, parseExact, TaplineError } from "@tapline/protocol";
import { catalogInFile } from "../catalog/deselected.ts";
import { checkStreamNames, selectedStreams } from "../catalog/shape.ts";
import { refuseDuringCutover } from "../cutover/cutover-fact.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { guaranteeOfRun, reportsLoad, uncheckedBecause } from "../model/guarantee.ts";
import type { RunEvent, RunResult } from "../model/run-event.ts";
import { makeRunId } from "../model/run-id.ts";
import { createRunState } from "../model/run-state.ts";
import { makeLedgerId } from "../model/state-id.ts";
import type { ReadyPlugin, Step } from "../model/step.ts";
import type { ActivePart } from "../partitions/backfill.ts";
import { waitForPartitions } from "../partitions/give-way.ts";
import { createRunFolder, type RunFolder, sweepRunFolders } from "../process/run-folder.ts";
import { createStopSwitch, joinStops } from "../process/stop-switch.ts";
import { claimStateId } from "../state/claim.ts";
import { holdLease } from "../state/lease.ts";
import { refuseBesideMeltano } from "../state/meltano/at-work.ts";
import { openStore } from "../state/open-store.ts";
import type { PreviousRun, Store } from "../state/store.ts";
import { lockForWriting, logWait } from "../state/writer-lock.ts";
import { checkIdleEntries } from "./check-idle-entries.ts";
import { chooseCatalog, settingsAfterRefusal } from "./choose-catalog.ts";
import { countLanes } from "./lane-streams.ts";
import { foldLanes, runLanes } from "./lanes.ts";
import { keyOf, type LiveRun } from "./live-run.ts";
import { nameCommands } from "./name-commands.ts";
import { graceOf, overwritesTables, type TargetSettings } from "./plugin-arguments.ts";
import { pump } from "./pump.ts";
import { rangeSettingsOf } from "./range-settings.ts";
import { withMaps } from "./reconcile-maps.ts";
import { createRunChecks, type RunChecks, warningsOfChecks } from "./run-checks.ts";
import { readsClaimedFiles, withFiles } from "./run-files.ts";
import type { RunOptions } from "./run-options.ts";
import { settleFromLedger, settleState } from "./settle-state.ts";
import { type StartState, startStateOf } from "./start-state.ts";
import { commandOf, deselectedFor, targetSettingsOf } from "./target-settings.ts";
import { whyCommitIsUnknown } from "./unknown-commit.ts";
import { warningsOn } from "./warnings.ts";

/** What makes the run itself fail is in the result. @throws already_running, store_unusable, store_unreachable, meltano_state_unreadable */
export async function runStep(options: RunOptions): Promise<RunResult> {
  const { project, step } = options;
  const started = new Date();
  const { runId = makeRunId(started) } = options;
  await using store = await openStore(project, step.environment);
  sweepRunFolders(project.folder);
  await refuseBesideMeltano(project, step.environment, step.stateId);
  try {
    return await runWith(store, runId, started, options);
  } finally {
    store.letGo({ runId, stateId: step.stateId });
  }
}

async function runWith(store: Store, runId: string, started: Date, options: RunOptions): Promise<RunResult> {
  const { project, step, onEvent, stop } = options;
  const { environment, stateId } = step;
  const grace = { ...graceOf(step), ...options.grace };
  const warn = (message: string): void => onEvent({ type: "log", plugin: "tapline", level: "warning", message: step.redact(message) });
  const previous = await claimStateId({ store, runId, stateId, grace, warn });
  const kept = await store.state(stateId);
  const halt = createStopSwitch();
  const state = createRunState(() => halt.stop("SIGTERM", "a failure of the state store"));
  state.startFrom(kept?.value ?? null, kept?.runId ?? null);
  const ledgerId = makeLedgerId(stateId, options.ledgerName ?? store.id);
  const { folder, processEnv } = project;
  const run: LiveRun = {
    runId,
    step,
    ledgerId,
    folder,
    processEnv,
    grace,
    store,
    stop: joinStops(stop, halt),
    state,
    onEvent,
    follows: options.follows === true,
  };
  using _lease = holdLease(store, keyOf(run), state.failStore);
  const checks = createRunChecks(run, step.checks, previous?.status === "crashed" ? previous.runId : null);
  const failure = await attempt(run, previous, options, checks);
  const checked = checks.results(run);
  if (options.laneCatalog === undefined) for (const result of checked) onEvent({ type: "check", result });
  const mapped = state.progress.mapped();
  // Those of lanes are already as they are in the target.
  const streams = withMaps(state.progress.streams(), [...state.progress.stages().values()].flat());
  const cost = state.progress.cost();
  const warnings = warningsOn(streams, {
    tap: step.tap.plugin.name,
    reported: [...state.progress.warnings(), ...warningsOfChecks(checked)],
    isWhole: failure === null,
  });
  const status = failure === null ? "done" : failure.code === "run_stopped" ? "stopped" : "failed";
  // The store keeps no warnings: they are about rows, and the state is as good as any.
  await closeRun(run, status);
  return {
    kind: "pipe",
    runId,
    stateId,
    environment,
    tap: step.tap.plugin.name,
    target: step.target.plugin.name,
    status: status === "done" && warnings.length > 0 ? "warning" : status,
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    streams,
    stateBefore: state.stateBefore,
    stateAfter: await stateAfter(run),
    place: step.place,
    delivery: guaranteeOfRun(step.target.about, state.progress.delivery()),
    ...(cost.length > 0 && { cost }),
    ...(mapped.length > 0 && { mapped }),
    ...(checked.length > 0 && { checks: checked }),
    overwrite: overwritesTables(step.target) && step.replacesAll !== true,
    unchecked: state.isContinued ? (uncheckedBecause(step.target.about, state.progress.delivery()) ?? state.unknownCommit) : null,
    warnings,
    reportsLoad: reportsLoad(step.target.about),
    showsRows: hasCapability(step.target.about, capabilities.query),
    failure,
  };
}

async function attempt(run: LiveRun, previous: PreviousRun | null, options: RunOptions, checks: RunChecks): Promise<Failure | null> {
  const { step, state, store } = run;
  try {
    if (options.project.parsed.file.parallel_run !== undefined) await refuseDuringCutover(store.facts, step.environment);
    if (options.laneCatalog === undefined) await waitForPartitions({ store, stateId: step.stateId, stop: run.stop, onWait: waitNote(run) });
    using _lock = await lockForWriting({
      folder: run.folder,
      paths: toList(options.writesTo),
      stop: run.stop,
      onWait: logWait(run.onEvent),
    });
    using folder = createRunFolder(run.folder, run.runId);
    const { fullRefresh = false, fromLedger = false } = options;
    const command = commandOf(run, options);
    const unsettled = fromLedger
      ? ((await settleFromLedger(run, folder, command, options.ledgerName !== undefined)) ?? (await foldLanes(run, null, folder)))
      : ((await settleState(run, previous, folder, fullRefresh === false ? "run" : "full-refresh")) ??
        (await foldLanes(run, previous, folder)));
    state.startFrom((await store.state(step.stateId))?.value ?? null);
    const announce = (): void => run.onEvent(startOf(run, { state: state.stateBefore, startOver: fullRefresh, isWhole: false }));
    if (unsettled === null)
      return await withFiles(run, options, {
        announce,
        // Before the first load there are no tables.
        idle: async () => (state.stateBefore === null ? null : await checks.judgeTables(run, options.project)),
        load: (itsRun, its) => loadAll(itsRun, its, { folder, command, checks, announce }),
      });
    announce();
    return unsettled;
  } catch (error) {
    if (error instanceof TaplineError) return asFailure("tapline", error);
    await store.endRun(keyOf(run), "failed");
    throw error;
  }
}

interface Start {
  folder: RunFolder;
  command: string;
  checks: RunChecks;
  announce(): void;
}

/** From the settled state to the end of the plugins. */
async function loadAll(run: LiveRun, options: RunOptions, { folder, command, checks, announce }: Start): Promise<Failure | null> {
  const { step, state } = run;
  const { fullRefresh = false, earlierTries = [], parallel = 1 } = options;
  const { stateBefore: kept, committedBy: keptBy } = state;
  const chosen = await chooseCatalog(run, options);
  if ("failure" in chosen) {
    announce();
    return chosen.failure;
  }
  const { catalog } = chosen;
  if (catalog !== undefined && typeof fullRefresh !== "boolean") checkStreamNames(catalog, fullRefresh, step.tap.plugin.name);
  const inFile = step.tap.catalog === undefined ? undefined : catalogInFile(step.tap.catalog);
  const known = catalog ?? options.laneCatalog ?? inFile;
  if (options.laneCatalog === undefined) checks.know(known, readsClaimedFiles(step));
  const start = startStateOf({
    kept,
    keptBy,
    fullRefresh,
    overwrite: overwritesTables(step.target),
    earlierTries,
    catalog: known,
    lenient: catalog !== undefined,
  });
  const isContinued = start.state !== null && !start.isWhole;
  state.start({
    isContinued,
    unknownCommit: isContinued ? await whyCommitIsUnknown(run) : null,
    isFresh: start.state === null && (fullRefresh === true || !overwritesTables(step.target)),
  });
  run.onEvent(startOf(run, start));
  const lanes = catalog === undefined || parallel === 1 ? 0 : countLanes(catalog, parallel);
  const moved = start.isWhole ? null : await checkIdleEntries(run, lanes, folder, command);
  if (moved !== null) return moved;
  const itsRun = catalog === undefined ? run : { ...run, step: withCatalog(step, catalog, folder) };
  if (catalog !== undefined && parallel > 1) {
    const failed = await runLanes({ run: itsRun, folder, state: start.state, catalog, count: parallel, options, runLane: runStep });
    return failed ?? (await checks.judge(run, options.project));
  }
  const targetSettings = {
    ...targetSettingsOf(run, start, catalog, options),
    ...deselectedFor(step, known),
    ...checks.forTarget(options.laneCatalog),
    ...rangeSettingsOf(step, start.state, known),
  };
  const pumpWith = (settings: TargetSettings) => pump({ run: itsRun, folder, state: start.state, targetSettings: settings });
  const first = await pumpWith(targetSettings);
  const narrowed = await settingsAfterRefusal(first, targetSettings, run, start, options);
  const failure = narrowed === undefined ? first : await pumpWith(narrowed);
  if (failure !== null) return nameCommands(failure, command, step.stateId);
  return options.laneCatalog === undefined ? await checks.judge(run, options.project) : null;
}

const waitNote =
  ({ onEvent }: LiveRun) =>
  (parts: readonly ActivePart[]): void => {
    const names = parts.map(({ backfill, name }) => `${name} of back-fill ${backfill}`).join(", ");
    onEvent({ type: "log", plugin: "tapline", level: "info", message: `Waits for partition ${names}, which loads the same streams` });
  };

const toList = (path: string | null | undefined): string[] => (path == null ? [] : [path]);

/** A mapper that ends once it has enough of each stream must know all streams. */
function withCatalog(step: Step, catalog: Catalog, folder: RunFolder): Step {
  const streams = selectedStreams(catalog).map(({ stream }) => stream);
  const mappers = step.mappers.map((each): ReadyPlugin => {
    const { plugin, endsEarly = false } = each;
    return endsEarly ? { ...each, plugin: { ...plugin, config: { ...plugin.config, streams } } } : each;
  });
  return { ...step, mappers, tap: { ...step.tap, catalog: folder.write("catalog.json", catalog) } };
}

function startOf({ step, runId }: LiveRun, { state, startOver }: StartState): RunEvent {
  return {
    type: "run_started",
    runId,
    stateId: step.stateId,
    environment: step.environment,
    tap: step.tap.plugin.name,
    target: step.target.plugin.name,
    state: state === null ? null : parseExact(state),
    fullRefresh: step.replacesAll === true || startOver,
    overwrite: overwritesTables(step.target) && step.replacesAll !== true,
  };
}

/** The commit of the rows after the last STATE is saved here. A store that failed once may fail here again. The run then stays open in the store, and the next one marks it as crashed. */
async function closeRun({ store, state, ...run }: LiveRun, status: "done" | "failed" | "stopped"): Promise<void> {
  try {
    await store.endRun(keyOf(run), status, state.isSettled ? state.lastCommits : undefined);
  } catch (error) {
    if (state.storeFailure === undefined) throw error;
  }
}

/** Where the store failed: the last state that it is known to have had. */
async function stateAfter({ store, state, step }: LiveRun): Promise<string | null> {
  try {
    return (await store.state(step.stateId))?.value ?? null;
  } catch (error) {
    if (state.storeFailure === undefined) throw error;
    return state.stateBefore;
  }
}
