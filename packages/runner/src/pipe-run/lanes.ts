/**
 * One step over several pipes. The tap's streams are dealt out to lanes; each lane is a separate run under `ID/1`, `ID/2`, … with its
 * own ledger entry, and what it saves is merged into the state under ID, stream by stream.
 *
 * Only the state under ID counts. A lane gets its part at the start, and the part is deleted at the end. A part that a crash left is
 * merged by the next run, unless the state under ID was changed since.
 */
import { type Catalog, parseExact, type State } from "@tapline/protocol";
import type { Failure } from "../model/failure.ts";
import { type LastCommits, mainEntry } from "../model/last-commits.ts";
import type { RunEvent, RunResult } from "../model/run-event.ts";
import { laneRunId, makeRunId } from "../model/run-id.ts";
import { createRunState } from "../model/run-state.ts";
import { makeLedgerId } from "../model/state-id.ts";
import type { RunFolder } from "../process/run-folder.ts";
import { mergeStates } from "../state/change-state.ts";
import { claimStateId } from "../state/claim.ts";
import type { PreviousRun } from "../state/store.ts";
import { laneSuffix, lanesOf } from "./lane-ids.ts";
import { dealOut } from "./lane-streams.ts";
import { keyOf, type LiveRun } from "./live-run.ts";
import type { RunOptions } from "./run-options.ts";
import { settleState } from "./settle-state.ts";

export interface LaneOptions {
  run: LiveRun;
  folder: RunFolder;
  /** The state the tap starts from, as JSON text. */
  state: string | null;
  catalog: Catalog;
  count: number;
  options: RunOptions;
  /** Runs one lane. */
  runLane(options: RunOptions): Promise<RunResult>;
}

/** The failure of the first lane that failed; the others still run to their end. */
export async function runLanes({ run, folder, state, catalog, count, options, runLane }: LaneOptions): Promise<Failure | null> {
  const { progress } = run.state;
  const failures: Failure[] = [];
  let saved: Promise<void> = Promise.resolve();
  const runOne = async (group: Catalog, index: number): Promise<void> => {
    const stateId = laneId(run, index);
    await giveState(run, index, state === null ? null : onlyStreams(state, group));
    const onEvent = (event: RunEvent): void => {
      if (event.type === "progress") {
        progress.recordLane(index, event);
        run.onEvent({ type: "progress", streams: progress.streams(), read: progress.read() });
      } else if (event.type !== "run_started") run.onEvent(event);
    };
    const { tap } = run.step;
    // The project's rules are already applied. Applied again to a part of the streams, they would name streams that are not there.
    const entry = { ...tap.plugin.entry, select: [], metadata: {}, schema: {} };
    const part = { ...tap, plugin: { ...tap.plugin, entry }, catalog: folder.write(`catalog-${index + 1}.json`, group) };
    const step = { ...run.step, stateId, tap: part };
    const own = {
      runId: laneRunId(run.runId, index + 1),
      filter: [],
      fullRefresh: false,
      fromLedger: false,
      parallel: 1,
      laneCatalog: group,
    };
    const result = await runLane({ ...options, ...own, step, stop: run.stop, onEvent });
    progress.recordLane(index, { streams: result.streams }, result);
    if (result.failure !== null) failures.push(result.failure);
    // A failed lane may have committed more than it saved. Where its ledger can't be asked now, the next run asks.
    const unsettled = result.failure === null ? null : await settleLane(run, stateId, folder);
    saved = saved.then(() => takeIn(run, index, { isSettled: unsettled === null }));
    await saved;
  };
  const ended = await Promise.allSettled(dealOut(catalog, count).map(runOne));
  const thrown = ended.find((each) => each.status === "rejected");
  if (thrown !== undefined) throw thrown.reason;
  return failures[0] ?? null;
}

/** Merges what lanes of a crashed run saved, or committed without saving it. A failure has the reason why that was not possible. */
export async function foldLanes(run: LiveRun, previous: PreviousRun | null, folder: RunFolder): Promise<Failure | null> {
  const lanes = await lanesOf(run.store, run.step.stateId);
  for (const index of lanes.keys()) {
    const stateId = laneId(run, index);
    const [last] = await run.store.history(stateId, 1);
    const failure = last?.status === "done" ? null : await settleLane(run, stateId, folder);
    if (failure !== null) return failure;
    // A change of the state after that run was made on purpose, by a person or by a run.
    if (previous !== null && previous.status !== "done") await takeIn(run, index);
    else await giveState(run, index, null);
  }
  return null;
}

async function settleLane(run: LiveRun, stateId: string, folder: RunFolder): Promise<Failure | null> {
  const { store, grace } = run;
  const runId = makeRunId(new Date());
  const step = { ...run.step, stateId };
  const lane: LiveRun = { ...run, runId, step, ledgerId: makeLedgerId(stateId, store.id), state: createRunState(() => {}) };
  try {
    const before = await claimStateId({ store, runId, stateId, grace, warn: () => {} });
    const failure = await settleState(lane, before, folder);
    await store.endRun(keyOf(lane), failure === null ? "done" : "failed");
    return failure;
  } finally {
    store.letGo(keyOf(lane));
  }
}

/** Merges a lane's state, and the run of its last commit, into those of the whole step, and deletes its state if it is settled. */
async function takeIn(run: LiveRun, index: number, { isSettled } = { isSettled: true }): Promise<void> {
  const { store, step, state } = run;
  const stateId = laneId(run, index);
  const [last] = await store.history(stateId, 1);
  const commit = last?.lastCommits[mainEntry];
  if (commit !== undefined && commit !== state.lastCommits[laneSuffix(index)]) state.commit(laneSuffix(index), commit);
  const lane = await store.state(stateId);
  if (lane === undefined) return;
  const whole = await store.state(step.stateId);
  const merged = mergeStates(whole?.value ?? null, lane.value);
  await store.saveState(keyOf(run), merged, state.lastCommits);
  if (isSettled) await giveState(run, index, null);
}

/** The lane compares with the ledger what the whole step knows of the lane's last commit. */
async function giveState(run: LiveRun, index: number, value: string | null): Promise<void> {
  const { store, state } = run;
  const stateId = laneId(run, index);
  if (value === null && (await store.state(stateId)) === undefined && (await store.history(stateId, 1)).length === 0) return;
  const commit = state.lastCommits[laneSuffix(index)];
  const lastCommits: LastCommits = commit === undefined ? {} : { [mainEntry]: commit };
  await store.change([{ runId: makeRunId(new Date()), stateId, kind: value === null ? "clear" : "set", value, lastCommits }]);
}

const laneId = ({ step }: LiveRun, index: number): string => `${step.stateId}${laneSuffix(index)}`;

/** Bookmarks are kept under the id or the name of a stream. */
function onlyStreams(value: string, { streams }: Catalog): string {
  const state = parseExact(value) as unknown as State;
  if (state.bookmarks === undefined) return value;
  const own = new Set(streams.flatMap(({ tap_stream_id: id, stream }) => [id, stream]));
  const bookmarks = Object.fromEntries(Object.entries(state.bookmarks).filter(([stream]) => own.has(stream)));
  return JSON.stringify({ ...state, bookmarks });
}
