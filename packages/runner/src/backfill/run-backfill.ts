/**
 * Runs a back-fill: claims its partitions one after another, starts a run of its own for each, and records what became of them. It may be
 * killed at any moment: the runs go on by themselves, and the next command finds in the store what is not done. Several commands of one
 * back-fill share its partitions.
 */
import { TaplineError } from "@tapline/protocol";
import { makeRunId } from "../model/run-id.ts";
import { stateIdOfPart } from "../model/state-id.ts";
import type { StopSource } from "../model/stop.ts";
import { type Backfill, decideBackfill, decidePart, type Part, partKey } from "../partitions/backfill.ts";
import { endBackfill, releasePart } from "../partitions/rules.ts";
import { waitUnlessStopped } from "../process/pause.ts";
import type { StartedRun, StartRun } from "../process/start-run.ts";
import type { Store } from "../state/store.ts";
import { begin, partsOf } from "./begin-backfill.ts";
import { claim, requestOf } from "./claim-partition.ts";
import type { BackfillPlan, PlannedPart } from "./plan-backfill.ts";
import { settlePart } from "./settle-part.ts";

export type BackfillEvent =
  /** `done`: how many of its partitions are done already. */
  | { type: "backfill_started"; id: string; isResumed: boolean; parts: number; done: number; parallel: number }
  | { type: "partition_started"; id: string; partition: string; runId: string }
  /** Another run of the pipe has its state id, or another command has the partition. */
  | { type: "partition_waits"; id: string; partition: string; runId: string | null }
  | {
      type: "partition_ended";
      id: string;
      partition: string;
      runId: string | null;
      status: Part["status"];
      rows: number | null;
      error: string | null;
    }
  | { type: "backfill_ended"; id: string; parts: number; done: number; rows: number; failed: string[]; stopped: string[] };

export interface RunBackfillOptions {
  plan: BackfillPlan;
  store: Store;
  start: StartRun;
  /** How many partitions are loaded at once. */
  parallel: number;
  /** Load also what an earlier back-fill of the same kind has loaded. */
  again: boolean;
  stop: StopSource;
  onEvent(event: BackfillEvent): void;
}

/** Partitions are named by what became of them. */
export interface BackfillEnd {
  id: string;
  /** Whether all partitions of the plan are done. */
  isDone: boolean;
  failed: string[];
  stopped: string[];
}

const lookEveryMs = 500;

/** @throws backfill_overlaps, and errors of the store */
export async function runBackfill(options: RunBackfillOptions): Promise<BackfillEnd> {
  const { plan, store, parallel, stop, onEvent } = options;
  const { backfill, isResumed } = await begin(options);
  const { id } = backfill;
  const since = new Date().toISOString();
  const known = await partsOf(store, id);
  const isDone = (name: string): boolean => known.get(name)?.status === "done";
  const queue = plan.parts.filter(({ name }) => !isDone(name));
  const before = plan.parts.length - queue.length;
  onEvent({ type: "backfill_started", id, isResumed, parts: plan.parts.length, done: before, parallel });
  const ends = new Map<string, Part>();
  const running = new Map<StartedRun, Promise<void>>();
  const waiting = new Set<string>();
  const finish = (part: PlannedPart, ended: Part): void => {
    const { status, rows, error, attempts } = ended;
    ends.set(part.name, ended);
    onEvent({ type: "partition_ended", id, partition: part.name, runId: attempts.at(-1)?.runId ?? null, status, rows, error });
  };
  let failure: unknown;
  const follow = async (part: PlannedPart, run: StartedRun, runId: string): Promise<void> => {
    try {
      const ended = await settlePart(store, {
        key: partKey(id, part.name),
        runId,
        stateId: stateIdOfPart(part.pipe.stateId, id, part.name),
        end: await run.ended,
        isStopped: stop.signal !== undefined,
      });
      // Another run may have its state id: then the claim was given back.
      const isOwn = ended?.attempts.at(-1)?.runId === runId;
      if (stop.signal === undefined && (!isOwn || ended?.status === "killed")) queue.unshift(part);
      else if (isOwn && ended !== undefined) finish(part, ended);
      if (ended?.status === "done") await forgetState(store, stateIdOfPart(part.pipe.stateId, id, part.name));
    } catch (error) {
      failure ??= error;
    } finally {
      running.delete(run);
    }
  };
  const stopAll = (): void => {
    for (const run of running.keys()) run.stop("SIGTERM");
  };
  void stop.asked.then(stopAll);
  while (stop.signal === undefined && failure === undefined && (queue.length > 0 || running.size > 0)) {
    const part = running.size < parallel ? queue.shift() : undefined;
    if (part === undefined) {
      await Promise.race([...running.values(), stop.asked]);
      continue;
    }
    const key = partKey(id, part.name);
    const runId = makeRunId(new Date());
    const claimed = await claim(options, { id, part, runId, since });
    if (claimed.outcome === "claimed" && stop.signal !== undefined) {
      await decidePart(store, key, (values) => releasePart(values, { key, runId }));
      break;
    }
    if (claimed.outcome === "claimed") {
      const run = options.start(requestOf(options, id, part, runId));
      onEvent({ type: "partition_started", id, partition: part.name, runId });
      running.set(run, follow(part, run, runId));
      continue;
    }
    const found = await store.facts.get<Part>("partition", key);
    if (claimed.outcome === "killed" && found !== undefined)
      finish(part, { ...found, status: "failed", error: "its run was killed again and again" });
    else if (found?.status === "done") finish(part, found);
    else {
      // One that another command has must not hold up the others.
      if (claimed.outcome === "taken") queue.push(part);
      else queue.unshift(part);
      if (!waiting.has(part.name)) onEvent({ type: "partition_waits", id, partition: part.name, runId: claimed.runId ?? null });
      waiting.add(part.name);
      await Promise.race([waitUnlessStopped(lookEveryMs, stop), ...running.values()]);
    }
  }
  if (failure !== undefined) stopAll();
  await Promise.all(running.values());
  if (failure !== undefined) throw failure;
  return await end(options, backfill, before, ends);
}

async function end(
  { plan, store, onEvent }: RunBackfillOptions,
  backfill: Backfill,
  before: number,
  ends: ReadonlyMap<string, Part>,
): Promise<BackfillEnd> {
  const { id } = backfill;
  const is = (...statuses: Part["status"][]): string[] =>
    [...ends].filter(([, { status }]) => statuses.includes(status)).map(([name]) => name);
  const [done, failed, stopped] = [is("done").length, is("failed"), is("interrupted", "killed")];
  if (before + done === plan.parts.length && backfill.status === "open")
    await decideBackfill(store, id, (values, now) => endBackfill(values, id, "done", now));
  const rows = [...ends.values()].reduce((sum, part) => sum + (part.rows ?? 0), 0);
  onEvent({ type: "backfill_ended", id, parts: plan.parts.length, done: before + done, rows, failed, stopped });
  return { id, isDone: before + done === plan.parts.length, failed, stopped };
}

/** Nobody goes on from it any more. Where that fails, it stays, and does no harm. */
async function forgetState(store: Store, stateId: string): Promise<void> {
  try {
    await store.change([{ stateId, runId: makeRunId(new Date()), kind: "clear", value: null }]);
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
  }
}
