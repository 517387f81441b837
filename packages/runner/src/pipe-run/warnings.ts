/** What a person should look at even though the run succeeded: a run with such a warning ends as `warning` (docs/reference/run.md). Pure. */

import { describeRejected, describeTolerated, formatNumber, losesNothing } from "@tapline/protocol";
import type { StreamResult } from "../model/stream-result.ts";

export interface WarningsOptions {
  /** The tap's name. */
  tap: string;
  /** What the plugins and tapline warned of. A plugin's warning about rows that the counts show too is left out. */
  reported?: readonly string[];
  /** The run succeeded. Otherwise, the counts of the two sides differ anyway. */
  isWhole: boolean;
}

export function warningsOn(streams: readonly StreamResult[], { tap, reported = [], isWhole }: WarningsOptions): string[] {
  const tables = streams.flatMap(({ rejects, rejected }) => (rejects !== null && (rejected ?? 0) > 0 ? [rejects] : []));
  const others = reported.filter((text) => !tables.some((table) => text.includes(table)));
  return [...new Set([...streams.flatMap((stream) => warningsOnStream(stream, tap, isWhole)), ...others])];
}

function warningsOnStream(result: StreamResult, tap: string, isWhole: boolean): string[] {
  const difference = isWhole ? differenceOf(result) : [];
  const sentences = [...rejectsOfTap(result, tap), ...rejectsOfTarget(result), ...toleratedOf(result), ...difference];
  return sentences.map((sentence) => `${result.stream}: ${sentence}`);
}

function rejectsOfTap({ rejectedByTap }: StreamResult, tap: string): string[] {
  return rejectedByTap ? [`${describeRejected(rejectedByTap.count, rejectedByTap.first, rejectedByTap.rejects)} (by ${tap})`] : [];
}

function rejectsOfTarget({ rejected, rejects }: StreamResult): string[] {
  if (rejected === null || rejected === 0) return [];
  const rows = `${formatNumber(rejected)} ${rejected === 1 ? "row was" : "rows were"} rejected`;
  return [
    `${rows}; ${rejects === null ? "the target did not report where they are" : `see the table ${rejects}, or: tapline rejects list`}`,
  ];
}

function toleratedOf({ tolerated = [] }: StreamResult): string[] {
  return tolerated.filter((each) => !losesNothing(each)).map(describeTolerated);
}

/** Metrics may be imprecise, so a difference is no failure. Counts of summaries must agree: see reconcile.ts. */
function differenceOf({ sent, received, summedUpBy, filtered }: StreamResult): string[] {
  // Maps report exact counts.
  if (summedUpBy.length === 2 || filtered !== undefined || sent === null || received === null || sent === received) return [];
  const counts = `the tap sent ${formatNumber(sent)} and the target received ${formatNumber(received)} rows`;
  return [`by their metrics, ${counts}; check the table`];
}
