/** What a person should look at even though the run succeeded. Pure. */

import { describeTolerated, formatNumber } from "@tapline/protocol";
import type { StreamResult } from "../model/stream-result.ts";

export function warningsOn(streams: readonly StreamResult[]): string[] {
  return streams.flatMap((result) => [...rejectsOf(result), ...toleratedOf(result)]);
}

function rejectsOf({ stream, rejected, rejects }: StreamResult): string[] {
  if (rejected === null || rejected === 0) return [];
  const rows = `${formatNumber(rejected)} ${rejected === 1 ? "row was" : "rows were"} rejected`;
  return [`${stream}: ${rows}; ${rejects === null ? "the target did not report where they are" : `see the table ${rejects}`}`];
}

function toleratedOf({ stream, tolerated = [] }: StreamResult): string[] {
  return tolerated.map((each) => `${stream}: ${describeTolerated(each)}`);
}
