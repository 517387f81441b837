/** Counts of a run while it goes on, by stream and side. Pure. A count that nobody reported stays null. */

import type { PluginEvent, ReportedChange, SummaryCount, Tolerated } from "@tapline/protocol";
import type { Guarantee, ReportedGuarantee } from "./guarantee.ts";
import type { Role } from "./step.ts";
import type { CountingRole, StreamResult } from "./stream-result.ts";

export interface Progress {
  record(role: Role, event: PluginEvent): void;
  /**
   * Takes what one lane of a split step has counted so far, in place of what it counted before. From the first call on, only lanes
   * count. `delivery` is given at the lane's end.
   */
  recordLane(index: number, streams: StreamResult[], delivery?: Guarantee): void;
  /** What the target reported about its ledger; of several lanes the weakest. undefined: nothing yet. */
  delivery(): ReportedGuarantee | undefined;
  /** In the order in which they were first reported; those of lanes lane by lane. */
  streams(): StreamResult[];
}

interface Side {
  rows: number | null;
  bytes: number | null;
  summary: Partial<Record<SummaryCount, number>> | null;
  table: string | null;
  rejects: string | null;
  changes: ReportedChange[];
  tolerated?: Tolerated[] | undefined;
}

export function createProgress(): Progress {
  const streams = new Map<string, Record<CountingRole, Side>>();
  const lanes = new Map<number, { streams: StreamResult[]; delivery: Guarantee | undefined }>();
  let delivery: ReportedGuarantee | undefined;
  const sideOf = (stream: string, role: CountingRole): Side => {
    const sides = streams.get(stream) ?? { tap: newSide(), target: newSide() };
    streams.set(stream, sides);
    return sides[role];
  };
  return {
    record(role, event) {
      if (role === "mapper") return;
      if (event.kind === "count") {
        const side = sideOf(event.stream, role);
        if (event.metric === "record_count") side.rows = (side.rows ?? 0) + event.value;
        else side.bytes = (side.bytes ?? 0) + event.value;
      } else if (event.kind === "summary") {
        const side = sideOf(event.stream, role);
        side.summary = event.counts;
        side.table = event.table;
        side.rejects = event.rejects;
        side.changes = event.changes;
        side.tolerated = event.tolerated;
      } else if (event.kind === "delivery" && role === "target") delivery = event;
    },
    recordLane: (index, counted, guarantee) => lanes.set(index, { streams: counted, delivery: guarantee }),
    delivery: () => (lanes.size === 0 ? delivery : weakest([...lanes.values()].map((lane) => lane.delivery))),
    streams() {
      if (lanes.size === 0) return [...streams].map(([stream, { tap, target }]) => resultOf(stream, tap, target));
      return [...lanes].sort(([a], [b]) => a - b).flatMap(([, lane]) => lane.streams);
    },
  };
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
    rejects: target.rejects,
    sent: tap.summary?.sent ?? tap.rows,
    received: reported.received ?? target.rows,
    loaded: reported.loaded ?? null,
    inserted: reported.inserted ?? null,
    updated: reported.updated ?? null,
    superseded: reported.superseded ?? null,
    rejected: reported.rejected ?? null,
    deleted: reported.deleted ?? null,
    inTable: reported.in_table ?? null,
    bytes: tap.summary?.bytes ?? tap.bytes ?? target.bytes,
    seconds: largest(tap.summary?.seconds, reported.seconds),
    summedUpBy: [...(tap.summary === null ? [] : ["tap" as const]), ...(target.summary === null ? [] : ["target" as const])],
    changes: target.changes,
    ...(target.tolerated !== undefined && { tolerated: target.tolerated }),
  };
}

const newSide = (): Side => ({ rows: null, bytes: null, summary: null, table: null, rejects: null, changes: [] });

function largest(...values: (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}
