/**
 * One step over several pipes: the tap's streams are dealt out, each lane is a run of its own under `ID/1`, `ID/2`, … with
 * a ledger entry of its own, and what a lane has saved goes into the state under ID, stream by stream.
 *
 * The state under ID is what counts. A lane's is given to it at the start and taken away at the end; one that a crash left
 * is taken in by the next run, unless the state under ID was changed since.
 */

import { type Catalog, parseExact, type State } from "@tapline/protocol";
import { selectedStreams } from "../catalog/shape.ts";
import type { Failure } from "../model/failure.ts";
import type { RunEvent, RunResult } from "../model/run-event.ts";
import { makeRunId } from "../model/run-id.ts";
import { makeLedgerId } from "../model/state-id.ts";
import type { StreamResult } from "../model/stream-result.ts";
import type { RunFolder } from "../process/run-folder.ts";
import { mergeStates } from "../state/change-state.ts";
import { claimStateId } from "../state/claim.ts";
import type { PreviousRun } from "../state/store.ts";
import { settleState } from "./last-state.ts";
import { keyOf, type Run } from "./run-in-progress.ts";
import type { RunOptions } from "./run-options.ts";

export interface LaneOptions {
  run: Run;
  folder: RunFolder;
  /** What the tap goes on from; JSON text. */
  state: string | null;
  catalog: Catalog;
  count: number;
  options: RunOptions;
  /** Runs one lane. */
  runLane(options: RunOptions): Promise<RunResult>;
}

/** Why the first lane failed that did; the others run to their end. */
export async function runLanes({ run, folder, state, catalog, count, options, runLane }: LaneOptions): Promise<Failure | null> {
  const groups = dealOut(catalog, count);
  const told = new Map<number, StreamResult[]>();
  const results = new Map<number, RunResult>();
  run.progress = {
    record: () => {},
    delivery: () => worstDelivery([...results.values()]),
    streams: () => groups.flatMap((_, index) => told.get(index) ?? []),
  };
  let saved: Promise<void> = Promise.resolve();
  const runOne = async (group: Catalog, index: number): Promise<void> => {
    const stateId = laneId(run, index);
    await giveState(run, stateId, state === null ? null : onlyStreams(state, group));
    const onEvent = (event: RunEvent): void => {
      if (event.type === "progress") {
        told.set(index, event.streams);
        run.onEvent({ type: "progress", streams: run.progress.streams() });
      } else if (event.type !== "run_started") run.onEvent(event);
    };
    const { tap } = run.step;
    // The rules of the project have been applied: to a part of the streams they would not fit.
    const entry = { ...tap.plugin.entry, select: [], metadata: {}, schema: {} };
    const part = { ...tap, plugin: { ...tap.plugin, entry }, catalog: folder.write(`catalog-${index + 1}.json`, group) };
    const step = { ...run.step, stateId, tap: part };
    const result = await runLane({ ...options, step, stop: run.stop, filter: [], fullRefresh: false, parallel: 1, onEvent });
    results.set(index, result);
    told.set(index, result.streams);
    saved = saved.then(() => takeIn(run, stateId));
    await saved;
  };
  const ended = await Promise.allSettled(groups.map(runOne));
  const thrown = ended.find((each) => each.status === "rejected");
  if (thrown !== undefined) throw thrown.reason;
  return [...results.values()].map(({ failure }) => failure).find((failure) => failure !== null) ?? null;
}

/** Takes in what lanes of a crashed run have saved, or committed without saving it. Why that could not be, if it could not. */
export async function foldLanes(run: Run, previous: PreviousRun | null, folder: RunFolder): Promise<Failure | null> {
  const { store, step, grace } = run;
  for (let index = 0; ; index++) {
    const stateId = laneId(run, index);
    const [last] = await store.history(stateId, 1);
    if (last === undefined) return null;
    if (last.status !== "done") {
      const runId = makeRunId(new Date());
      const lane = { ...run, runId, step: { ...step, stateId }, ledgerId: makeLedgerId(stateId, store.id) };
      const before = await claimStateId({ store, runId, stateId, grace, warn: () => {} });
      const failure = await settleState(lane, before, folder);
      await store.endRun(keyOf(lane), failure === null ? "done" : "failed");
      if (failure !== null) return failure;
    }
    // Whoever changed the state after that run meant it.
    if (previous !== null && previous.status !== "done") await takeIn(run, stateId);
    else await giveState(run, stateId, null);
  }
}

/** Puts a lane's state into that of the whole, and takes it away from the lane. */
async function takeIn(run: Run, stateId: string): Promise<void> {
  const { store, step } = run;
  const lane = await store.state(stateId);
  if (lane === undefined) return;
  const whole = await store.state(step.stateId);
  const merged = mergeStates(whole?.value ?? null, lane.value);
  await store.saveState(keyOf(run), merged);
  await giveState(run, stateId, null);
}

async function giveState({ store }: Run, stateId: string, value: string | null): Promise<void> {
  if (value === null && (await store.state(stateId)) === undefined && (await store.history(stateId, 1)).length === 0) return;
  await store.change([{ runId: makeRunId(new Date()), stateId, kind: value === null ? "clear" : "set", value }]);
}

const laneId = ({ step }: Run, index: number): string => `${step.stateId}/${index + 1}`;

/** Round and round, for neighbours in a catalog are often alike in size. */
function dealOut(catalog: Catalog, count: number): Catalog[] {
  const selected = selectedStreams(catalog);
  return Array.from({ length: Math.min(count, selected.length) }, (_, lane) => ({
    ...catalog,
    streams: selected.filter((_stream, index) => index % count === lane),
  }));
}

/** Bookmarks are kept under the id or the name of a stream. */
function onlyStreams(value: string, { streams }: Catalog): string {
  const state = parseExact(value) as unknown as State;
  if (state.bookmarks === undefined) return value;
  const own = new Set(streams.flatMap(({ tap_stream_id: id, stream }) => [id, stream]));
  const bookmarks = Object.fromEntries(Object.entries(state.bookmarks).filter(([stream]) => own.has(stream)));
  return JSON.stringify({ ...state, bookmarks });
}

function worstDelivery(results: readonly RunResult[]): { kind: "delivery"; exactlyOnce: boolean; reason: string | undefined } | undefined {
  const worst = results.find(({ delivery }) => !delivery.exactlyOnce) ?? results[0];
  return worst === undefined ? undefined : { kind: "delivery", ...worst.delivery };
}
