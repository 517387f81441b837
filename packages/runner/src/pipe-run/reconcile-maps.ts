/** Follows the counts of a run through its stream maps: what each received must be what was sent, and what it passed must arrive. Pure. */
import { describeMapCount, type MapCount } from "@tapline/protocol";
import type { StreamResult } from "../model/stream-result.ts";

export interface Disagreement {
  stream: string;
  problem: string;
}

/** A plugin that may map streams, with what it reported; undefined: it reports nothing, so that nothing after it can be compared. */
export interface MapStage {
  plugin: string;
  counts: readonly MapCount[] | undefined;
}

/** What must arrive at the target, by stream; undefined: it is not known. */
export interface Expected {
  rows: ReadonlyMap<string, number> | undefined;
  problem?: Disagreement;
}

/** `stages`: mappers in their order, then the target. */
export function expectedAfter(stages: readonly MapStage[], streams: readonly StreamResult[]): Expected {
  const told = streams.filter(({ summedUpBy, sent }) => summedUpBy.includes("tap") && sent !== null);
  let rows: Map<string, number> | undefined = told.length === 0 ? undefined : new Map(told.map(({ stream, sent }) => [stream, sent ?? 0]));
  for (const { plugin, counts } of stages) {
    if (counts === undefined) return { rows: undefined };
    for (const count of counts) {
      const arrived = rows?.get(count.from) ?? 0;
      const text = `${plugin} maps ${describeMapCount(count)}`;
      if (count.received !== count.passed + count.filtered)
        return { rows, problem: { stream: count.from, problem: `${text}, which do not add up` } };
      if (rows !== undefined && arrived !== count.received)
        return { rows, problem: { stream: count.from, problem: `${text}, but ${arrived} were sent to it` } };
    }
    rows = rows && through(rows, counts);
  }
  return { rows, ...missing(rows, stages, streams) };
}

/** A stream that maps made and that the target did not report. Those of the tap itself are compared with the tap's counts. */
function missing(
  rows: ReadonlyMap<string, number> | undefined,
  stages: readonly MapStage[],
  streams: readonly StreamResult[],
): { problem?: Disagreement } {
  if (rows === undefined || stages.length === 0 || !streams.some(({ summedUpBy }) => summedUpBy.includes("target"))) return {};
  for (const [stream, count] of rows) {
    if (count === 0 || streams.some((each) => each.stream === stream)) continue;
    const problem = `The target reported no stream ${stream}, into which ${count} ${count === 1 ? "row was" : "rows were"} mapped`;
    return { problem: { stream, problem } };
  }
  return {};
}

function through(rows: ReadonlyMap<string, number>, counts: readonly MapCount[]): Map<string, number> {
  const next = new Map(rows);
  for (const { from } of counts) next.delete(from);
  for (const { to, passed } of counts) if (to !== undefined) next.set(to, passed);
  return next;
}

/** The streams as they are in the target: rows of a map count for the stream that they went into, and those that it left out are `filtered`. */
export function withMaps(streams: readonly StreamResult[], mapped: readonly MapCount[]): StreamResult[] {
  return streams.flatMap((result): StreamResult[] => {
    const into = mapped.filter(({ to }) => to === result.stream);
    if (into.length > 0) {
      const filtered = into.reduce((sum, count) => sum + count.filtered, 0);
      return [{ ...result, sent: Math.max(...into.map(({ received }) => received)), filtered }];
    }
    const from = mapped.filter((count) => count.from === result.stream);
    if (from.length === 0 || result.summedUpBy.includes("target")) return [result];
    const dropped = from.find(({ to }) => to === undefined);
    if (from.some(({ to }) => to !== undefined) || dropped === undefined) return [];
    return [{ ...result, filtered: dropped.filtered, loaded: 0, inserted: 0, updated: 0 }];
  });
}
