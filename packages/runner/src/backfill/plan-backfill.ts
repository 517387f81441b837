/**
 * What a back-fill would do: which pipes and streams of a job it reads by range, in which partitions, and what it leaves out and why. It
 * reads the project, the taps' catalogs and the store, and changes none of them.
 */

import { type CatalogStream, capabilities, hasCapability, metadataAt } from "@tapline/protocol";
import { selectedStreams } from "../catalog/shape.ts";
import { tapCatalog } from "../catalog/tap-catalog.ts";
import { errors } from "../errors.ts";
import { type PlannedStep, planJob, type ReadyPipe } from "../jobs/plan.ts";
import type { Project } from "../model/project.ts";
import type { RunEvent } from "../model/run-event.ts";
import { mapperIn, type Step } from "../model/step.ts";
import type { StopSource } from "../model/stop.ts";
import type { Backfill, BackfillMode } from "../partitions/backfill.ts";
import { isDay, type Partition, type PartitionRange, partitionsOf } from "../partitions/calendar.ts";
import { isAppended, rangeKindOf, replicationKeyOf } from "../pipe-run/range-settings.ts";
import { isTimeZone } from "../project/time-zone.ts";
import type { Store } from "../state/store.ts";
import { type RangeStream, whyNotYet } from "./loaded-by-job.ts";

export interface BackfillRequest extends PartitionRange {
  /** A job, or a tap, mappers if any and a target. */
  words: readonly string[];
  environment?: string | undefined;
  /** What becomes of rows that a table has, where it adds rows. undefined: nothing was said. */
  mode: Exclude<BackfillMode, "upsert"> | undefined;
}

export interface PlanBackfillOptions {
  project: Project;
  request: BackfillRequest;
  binFolders?: readonly string[];
  store: Pick<Store, "state"> | undefined;
  now: Date;
  stop: StopSource;
  onEvent(event: RunEvent): void;
}

export interface PlannedStream {
  stream: string;
  /** The replication key. */
  key: string;
  /** Rows are added to its table. */
  isAppended: boolean;
}

export interface PlannedPipe {
  /** The index of its step in the job, and the step's name. */
  index: number;
  name: string;
  stateId: string;
  streams: PlannedStream[];
}

/** One run: a partition of one pipe. */
export interface PlannedPart {
  /** 2026-01-31, or 2026-01-31.2 for the second step of a job with several pipes. */
  name: string;
  partition: Partition;
  pipe: PlannedPipe;
}

export interface LeftOut {
  /** A step, a stream or a partition. */
  what: string;
  why: string;
}

export interface BackfillPlan extends Omit<Backfill, "id" | "parts" | "status" | "startedAt" | "endedAt"> {
  pipes: PlannedPipe[];
  parts: PlannedPart[];
  leftOut: LeftOut[];
  /** Its target takes one writer at a time: partitions run one after another. */
  isSingleWriter: boolean;
}

interface RangePipe {
  planned: PlannedPipe;
  streams: RangeStream[];
  ready: ReadyPipe;
}

/** @throws what `planJob` and the catalog's rules throw, catalog_not_told, backfill_range_invalid, backfill_zone_unknown, backfill_impossible, and those of `checkMode` */
export async function planBackfill(options: PlanBackfillOptions): Promise<BackfillPlan> {
  const { project, request, binFolders = [], now, store } = options;
  const { words, from, to, by, timezone } = request;
  checkRange(request);
  const asked = { words: [...words], ...(request.environment !== undefined && { environment: request.environment }) };
  const { job, environment, steps } = await planJob({ project, request: asked, binFolders });
  const leftOut: LeftOut[] = [];
  const pipes: RangePipe[] = [];
  for (const [index, { step, ready }] of steps.entries()) {
    const why = whyNoRange(ready);
    if (why !== undefined || ready.kind !== "pipe") {
      leftOut.push({ what: step.name, why: why ?? "" });
      continue;
    }
    const { streams, others } = await streamsOf(ready.pipe, options);
    leftOut.push(...others);
    const planned = {
      index,
      name: step.name,
      stateId: ready.pipe.stateId,
      streams: streams.map(({ stream, key, isAppended }) => ({ stream, key, isAppended })),
    };
    if (streams.length > 0) pipes.push({ planned, streams, ready });
  }
  if (pipes.length === 0) throw errors.backfill_impossible({ job: job.name, reasons: leftOut.map(({ what, why }) => `${what}: ${why}`) });
  for (const { streams, ready } of pipes) checkMode(ready.pipe, streams, request.mode);
  const partitions = partitionsOf(request);
  const parts: PlannedPart[] = [];
  for (const { planned: pipe, streams, ready } of pipes) {
    const state = (await store?.state(pipe.stateId))?.value ?? null;
    const skipped = new Map<string, string[]>();
    for (const partition of partitions) {
      const name = pipes.length === 1 ? partition.name : `${partition.name}.${pipe.index + 1}`;
      const why = whyNotYet(partition, { streams, state, config: ready.pipe.tap.plugin.config, now });
      if (why === undefined) parts.push({ name, partition, pipe });
      else skipped.set(why, [...(skipped.get(why) ?? []), name]);
    }
    for (const [why, names] of skipped) leftOut.push({ what: describeNames(names), why });
  }
  parts.sort((a, b) => Date.parse(a.partition.from) - Date.parse(b.partition.from));
  const isSingleWriter = pipes.some(({ ready }) => ready.writesTo !== null);
  const shown = pipes.map(({ planned }) => planned);
  const stateIds = shown.map(({ stateId }) => stateId);
  const mode = request.mode ?? "upsert";
  const places = pipes.map(({ ready }) => ready.pipe.place?.value ?? "");
  return { words: [...words], environment, from, to, by, timezone, mode, places, stateIds, pipes: shown, parts, leftOut, isSingleWriter };
}

/** @throws backfill_range_invalid, backfill_zone_unknown */
function checkRange({ from, to, timezone }: PartitionRange): void {
  if (!isDay(from) || !isDay(to) || from >= to) throw errors.backfill_range_invalid({ from, to });
  if (!isTimeZone(timezone)) throw errors.backfill_zone_unknown({ name: timezone });
}

function whyNoRange(ready: PlannedStep["ready"]): string | undefined {
  if (ready.kind === "utility") return "it is no tap with a target; run the job afterwards for it";
  const { tap } = ready.pipe;
  return hasCapability(tap.about, capabilities.range) ? undefined : `${tap.plugin.name} does not list range in --about`;
}

/** The streams that are read by range, and why the others are not. @throws catalog_not_told, and what `tapCatalog` throws */
async function streamsOf(
  pipe: Step,
  { project, stop, onEvent }: PlanBackfillOptions,
): Promise<{ streams: RangeStream[]; others: LeftOut[] }> {
  const { tap, redact } = pipe;
  const { name } = tap.plugin;
  const chosen = await tapCatalog({
    project,
    tap,
    redact,
    always: true,
    stop: stop.asked,
    onEvent: (event) => {
      if (event.kind === "log") onEvent({ type: "log", plugin: name, level: event.level, message: event.message });
    },
  });
  if ("failure" in chosen) throw errors.catalog_not_told({ tap: name, reason: chosen.failure.message, advice: chosen.failure.hint });
  const streams: RangeStream[] = [];
  const others: LeftOut[] = [];
  for (const entry of chosen.catalog === undefined ? [] : selectedStreams(chosen.catalog)) {
    const [key, kind, method] = [replicationKeyOf(entry), rangeKindOf(entry), methodOf(entry)];
    const { tap_stream_id: stream } = entry;
    const why =
      method !== "INCREMENTAL"
        ? `it is read ${method === "LOG_BASED" ? "from the log of changes" : "whole"} (replication method ${method}), not by a replication key`
        : key === undefined
          ? "it has no replication key"
          : kind === undefined
            ? `its replication key ${JSON.stringify(key)} is no time and no date`
            : undefined;
    if (why !== undefined) others.push({ what: stream, why });
    else if (key !== undefined && kind !== undefined) streams.push({ stream, key, kind, isAppended: isAppended(entry, pipe.target) });
  }
  return { streams, others };
}

function methodOf(entry: CatalogStream): string {
  const { "replication-method": own, "forced-replication-method": forced } = metadataAt(entry, []);
  return String(entry.replication_method ?? own ?? forced ?? "FULL_TABLE");
}

/** @throws backfill_overwrites, backfill_mode_missing, backfill_replace_unknown */
function checkMode(step: Step, streams: readonly RangeStream[], mode: BackfillRequest["mode"]): void {
  const { target } = step;
  const { name, config } = target.plugin;
  if (config.load_method === "overwrite") throw errors.backfill_overwrites({ target: name });
  const appended = streams.filter((each) => each.isAppended).map(({ stream }) => stream);
  if (mode === undefined && appended.length > 0) throw errors.backfill_mode_missing({ target: name, streams: appended });
  if (mode !== "replace") return;
  const mapper = mapperIn(step);
  if (!hasCapability(target.about, capabilities.replaceRange))
    throw errors.backfill_replace_unknown({ target: name, what: "it does not list replace-range in --about" });
  if (mapper !== undefined)
    throw errors.backfill_replace_unknown({ target: name, what: `${mapper} may rename streams and columns before it` });
}

/** "2026-02-01", or "2026-02-01 to 2026-02-28 (28 partitions)". */
function describeNames(names: readonly string[]): string {
  return names.length === 1 ? String(names[0]) : `${names[0]} to ${names.at(-1)} (${names.length} partitions)`;
}
