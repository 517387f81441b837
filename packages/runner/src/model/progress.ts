/** Counts and warnings of a run while it goes on. Pure. A count that nobody reported stays null. */

import type {
  CheckFound,
  FirstRejected,
  Lag,
  MapCount,
  PluginEvent,
  ReadProgress,
  ReportedChange,
  SummaryCount,
  Tolerated,
} from "@tapline/protocol";
import { addCheckFound, type CostPart, sumCosts } from "@tapline/protocol";
import type { Guarantee, ReportedGuarantee } from "./guarantee.ts";
import type { Role } from "./step.ts";
import type { CountingRole, StreamResult } from "./stream-result.ts";

export interface Progress {
  /** `plugin`: the name, for warnings. */
  record(role: Role, event: PluginEvent, plugin: string): void;
  /** Adds the rows of a commit that the target reported, by stream. */
  recordCommit(streams: Readonly<Record<string, number>>): void;
  /** Something that a person should look at. The same text counts once. */
  warn(message: string): void;
  /**
   * Takes what one lane of a split step has counted so far, in place of what it counted before. From the first call on, only lanes
   * count. `end` is given at the lane's end.
   */
  recordLane(index: number, lane: LaneCounts, end?: LaneEnd): void;
  /** What the target reported about its ledger; of several lanes the weakest. undefined: nothing yet. */
  delivery(): ReportedGuarantee | undefined;
  /** What the target's database is paid for; of several lanes the sum. */
  cost(): CostPart[];
  /** What stream maps did with records, by plugin; empty where lanes count. */
  stages(): ReadonlyMap<string, readonly MapCount[]>;
  /** The same of all plugins, over all lanes. */
  mapped(): MapCount[];
  /** What checks of rows have found so far; of several lanes the sum. */
  checks(): CheckFound[];
  /** How much of all it will read the tap has read, over all lanes; null: not all of it is known. */
  read(): ReadProgress | null;
  /** How far a tap that follows is behind its source; undefined: it did not tell. */
  lag(): Lag | undefined;
  /** In the order in which they were first reported; those of lanes lane by lane. */
  streams(): StreamResult[];
  /** In the order in which they were first reported, at most `maxWarnings`. */
  warnings(): string[];
}

export interface LaneCounts {
  streams: StreamResult[];
  read?: ReadProgress | null;
}

export interface LaneEnd {
  delivery: Guarantee;
  warnings: readonly string[];
  cost?: readonly CostPart[];
  checks?: readonly CheckFound[];
  mapped?: readonly MapCount[];
}

/** The log has all of them. */
const maxWarnings = 100;

interface Side {
  rows: number | null;
  bytes: number | null;
  summary: Partial<Record<SummaryCount, number>> | null;
  table: string | null;
  database?: string | undefined;
  rejects: string | null;
  firstRejected: FirstRejected | null;
  changes: ReportedChange[];
  tolerated?: Tolerated[] | undefined;
  rejectedFiles?: Record<string, number> | undefined;
  /** Rows of the commits that were reported; null: no commit was. */
  committed: number | null;
}

export function createProgress(): Progress {
  const streams = new Map<string, Record<CountingRole, Side>>();
  const lanes = new Map<
    number,
    LaneCounts & { delivery: Guarantee | undefined; cost: readonly CostPart[]; checks: readonly CheckFound[]; mapped: readonly MapCount[] }
  >();
  let read: ReadProgress | null = null;
  let lag: Lag | undefined;
  const checks = new Map<string, CheckFound>();
  const stages = new Map<string, MapCount[]>();
  const warnings = new Set<string>();
  let delivery: ReportedGuarantee | undefined;
  let cost: CostPart[] = [];
  const warn = (message: string): void => {
    if (warnings.size < maxWarnings) warnings.add(message);
  };
  const sideOf = (stream: string, role: CountingRole): Side => {
    const sides = streams.get(stream) ?? { tap: newSide(), target: newSide() };
    streams.set(stream, sides);
    return sides[role];
  };
  return {
    warn,
    warnings: () => [...warnings],
    recordCommit(committed) {
      for (const [stream, rows] of Object.entries(committed)) {
        const side = sideOf(stream, "target");
        side.committed = (side.committed ?? 0) + rows;
      }
    },
    record(role, event, plugin) {
      if (event.kind === "log" && event.level === "warning") warn(`${plugin}: ${event.message}`);
      if (event.kind === "summary") for (const message of event.warnings ?? []) warn(`${plugin}: ${message}`);
      if (event.kind === "mapped") stages.set(plugin, [...(stages.get(plugin) ?? []), event.count]);
      if (role === "mapper") return;
      if (event.kind === "count") {
        const side = sideOf(event.stream, role);
        if (event.metric === "record_count") side.rows = (side.rows ?? 0) + event.value;
        else side.bytes = (side.bytes ?? 0) + event.value;
      } else if (event.kind === "summary") {
        const side = sideOf(event.stream, role);
        side.summary = event.counts;
        side.table = event.table;
        side.database = event.database;
        side.rejects = event.rejects;
        side.firstRejected = event.firstRejected ?? null;
        side.changes = event.changes;
        side.tolerated = event.tolerated;
        side.rejectedFiles = event.rejectedFiles;
      } else if (event.kind === "progress") {
        if (role === "tap") read = event.progress;
      } else if (event.kind === "lag") {
        if (role === "tap") lag = event.lag;
      } else if (event.kind === "delivery" && role === "target") delivery = event;
      else if (event.kind === "check" && role === "target") checks.set(event.found.id, event.found);
      else if (event.kind === "cost" && role === "target") cost = event.parts;
    },
    recordLane(index, counted, end) {
      lanes.set(index, {
        read: lanes.get(index)?.read ?? null,
        ...counted,
        delivery: end?.delivery,
        cost: end?.cost ?? [],
        checks: end?.checks ?? [],
        mapped: end?.mapped ?? [],
      });
      for (const message of end?.warnings ?? []) warn(message);
    },
    read: () => (lanes.size === 0 ? read : sumOf([...lanes.values()].map((lane) => lane.read ?? null))),
    lag: () => lag,
    delivery: () => (lanes.size === 0 ? delivery : weakest([...lanes.values()].map((lane) => lane.delivery))),
    cost: () => (lanes.size === 0 ? cost : sumCosts([...lanes.values()].map((lane) => lane.cost))),
    stages: () => stages,
    mapped: () => (lanes.size === 0 ? [...stages.values()].flat() : [...lanes.values()].flatMap((lane) => lane.mapped)),
    checks() {
      const all = new Map(checks);
      for (const each of [...lanes.values()].flatMap((lane) => lane.checks)) {
        const known = all.get(each.id);
        all.set(each.id, known === undefined ? each : addCheckFound(known, each));
      }
      return [...all.values()];
    },
    streams() {
      if (lanes.size === 0) return [...streams].map(([stream, { tap, target }]) => resultOf(stream, tap, target));
      return [...lanes].sort(([a], [b]) => a - b).flatMap(([, lane]) => lane.streams);
    },
  };
}

function sumOf(parts: readonly (ReadProgress | null)[]): ReadProgress | null {
  return parts.reduce((sum, part) => {
    if (sum === null || part === null || sum.unit !== part.unit) return null;
    return { done: sum.done + part.done, total: sum.total + part.total, unit: sum.unit };
  });
}

function weakest(guarantees: readonly (Guarantee | undefined)[]): Guarantee | undefined {
  const known = guarantees.filter((each) => each !== undefined);
  return known.find(({ exactlyOnce }) => !exactlyOnce) ?? known[0];
}

function resultOf(stream: string, tap: Side, target: Side): StreamResult {
  const reported = target.summary ?? {};
  return {
    stream,
    table: target.table,
    ...(target.database !== undefined && { database: target.database }),
    rejects: target.rejects,
    sent: tap.summary?.sent ?? tap.rows,
    rejectedByTap: tap.summary?.rejected ? { count: tap.summary.rejected, first: tap.firstRejected, rejects: tap.rejects } : null,
    skipped: tap.summary?.skipped ?? null,
    ...(tap.summary?.in_files !== undefined && { inFiles: tap.summary.in_files }),
    received: reported.received ?? target.rows,
    loaded: reported.loaded ?? target.committed,
    notCommitted: reported.not_committed ?? null,
    inserted: reported.inserted ?? null,
    updated: reported.updated ?? null,
    superseded: reported.superseded ?? null,
    rejected: reported.rejected ?? null,
    ...(target.rejectedFiles !== undefined && { rejectedFiles: target.rejectedFiles }),
    deleted: reported.deleted ?? null,
    ...(reported.delete_records !== undefined && { deleteRecords: reported.delete_records }),
    inTable: reported.in_table ?? null,
    bytes: tap.summary?.bytes ?? tap.bytes ?? target.bytes,
    seconds: largest(tap.summary?.seconds, reported.seconds),
    summedUpBy: [...(tap.summary === null ? [] : ["tap" as const]), ...(target.summary === null ? [] : ["target" as const])],
    changes: target.changes,
    ...(target.tolerated !== undefined && { tolerated: target.tolerated }),
  };
}

const newSide = (): Side => ({
  rows: null,
  bytes: null,
  summary: null,
  table: null,
  rejects: null,
  firstRejected: null,
  changes: [],
  committed: null,
});

function largest(...values: (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}
