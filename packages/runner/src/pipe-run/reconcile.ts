/** Checks that the counts of a run agree. Only counts that were reported can disagree. Pure. */

import type { StreamResult } from "../model/stream-result.ts";
import { type Disagreement, expectedAfter, type MapStage } from "./reconcile-maps.ts";

/**
 * `maps`: those who may drop, rename and split streams, from the tap to the target. After one that reports nothing the two sides can't be
 * compared.
 */
export function reconcile(reported: readonly StreamResult[], maps: readonly MapStage[] = []): Disagreement[] {
  const { rows: expected, problem: ofMaps } = expectedAfter(maps, reported);
  if (ofMaps !== undefined) return [ofMaps];
  const mapped = maps.some(({ counts }) => counts === undefined);
  const streams = maps.length === 0 || expected === undefined ? reported : reported.map((result) => asSent(result, expected));
  const tapReports = streams.some(({ summedUpBy }) => summedUpBy.includes("tap"));
  const targetReports = streams.some(({ summedUpBy }) => summedUpBy.includes("target"));
  return streams.flatMap((result) => {
    const problem = (mapped ? undefined : betweenSides(result, tapReports, targetReports)) ?? withinTarget(result);
    return problem === undefined ? [] : [{ stream: result.stream, problem }];
  });
}

/** With the rows that arrive at the target in place of those that the tap sent. */
function asSent(result: StreamResult, expected: ReadonlyMap<string, number>): StreamResult {
  const sent = expected.get(result.stream);
  const others = result.summedUpBy.filter((role) => role !== "tap");
  return { ...result, sent: sent ?? null, summedUpBy: sent === undefined ? others : ["tap", ...others] };
}

function betweenSides({ sent, received, summedUpBy }: StreamResult, tapReports: boolean, targetReports: boolean): string | undefined {
  const [byTap, byTarget] = [summedUpBy.includes("tap"), summedUpBy.includes("target")];
  if (byTap && targetReports && !byTarget && (sent ?? 0) > 0) return `The tap sent ${rows(sent)}, and the target reported none of them`;
  if (byTarget && tapReports && !byTap && (received ?? 0) > 0)
    return `The target received ${rows(received)}, and the tap reported none of them`;
  if (byTap && byTarget && sent !== null && received !== null && sent !== received)
    return `The tap sent ${rows(sent)}, the target received ${received}`;
  return undefined;
}

function withinTarget(result: StreamResult): string | undefined {
  const { received, loaded, superseded, deleteRecords, rejected, notCommitted, summedUpBy } = result;
  if (!summedUpBy.includes("target") || received === null || loaded === null) return undefined;
  const kept = loaded + (superseded ?? 0) + (deleteRecords ?? 0) + (rejected ?? 0) + (notCommitted ?? 0);
  if (kept === received) return undefined;
  return `The target received ${rows(received)}, but accounts for ${kept}: ${loaded} loaded, ${superseded ?? 0} superseded, ${deleteRecords ? `${deleteRecords} deleted a row, ` : ""}${rejected ?? 0} rejected`;
}

const rows = (count: number | null): string => `${count ?? 0} ${count === 1 ? "row" : "rows"}`;
