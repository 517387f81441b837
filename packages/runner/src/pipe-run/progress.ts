/** Counts of a run as they come in, per stream and side. Pure bookkeeping: what nobody told stays null. */

import type { PluginEvent, ReportedChange, SummaryCount } from "@tapline/protocol";
import type { Role } from "../model/step.ts";
import type { CountingRole, StreamResult } from "../model/stream-result.ts";

export interface Progress {
  record(role: Role, event: PluginEvent): void;
  /** What the target said of its ledger; undefined: nothing yet. */
  delivery(): Extract<PluginEvent, { kind: "delivery" }> | undefined;
  /** In the order in which streams were first heard of. */
  streams(): StreamResult[];
}

interface Side {
  rows: number | null;
  bytes: number | null;
  summary: Partial<Record<SummaryCount, number>> | null;
  table: string | null;
  rejects: string | null;
  changes: ReportedChange[];
}

export function createProgress(): Progress {
  const streams = new Map<string, Record<CountingRole, Side>>();
  let delivery: ReturnType<Progress["delivery"]>;
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
      } else if (event.kind === "delivery" && role === "target") delivery = event;
    },
    delivery: () => delivery,
    streams: () => [...streams].map(([stream, { tap, target }]) => resultOf(stream, tap, target)),
  };
}

function resultOf(stream: string, tap: Side, target: Side): StreamResult {
  const told = target.summary ?? {};
  return {
    stream,
    table: target.table,
    rejects: target.rejects,
    sent: tap.summary?.sent ?? tap.rows,
    received: told.received ?? target.rows,
    loaded: told.loaded ?? null,
    inserted: told.inserted ?? null,
    updated: told.updated ?? null,
    superseded: told.superseded ?? null,
    rejected: told.rejected ?? null,
    deleted: told.deleted ?? null,
    inTable: told.in_table ?? null,
    bytes: tap.summary?.bytes ?? tap.bytes ?? target.bytes,
    seconds: largest(tap.summary?.seconds, told.seconds),
    summedUpBy: [...(tap.summary === null ? [] : ["tap" as const]), ...(target.summary === null ? [] : ["target" as const])],
    changes: target.changes,
  };
}

const newSide = (): Side => ({ rows: null, bytes: null, summary: null, table: null, rejects: null, changes: [] });

function largest(...values: (number | undefined)[]): number | null {
  const told = values.filter((value) => value !== undefined);
  return told.length === 0 ? null : Math.max(...told);
}
