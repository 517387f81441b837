/** What a person should look at although the run is done. Pure: counts in, sentences out. */

import { formatNumber } from "@tapline/protocol";
import type { StreamResult } from "../model/stream-result.ts";

export function warningsOn(streams: readonly StreamResult[]): string[] {
  return streams.flatMap(({ stream, rejected, rejects }) => {
    if (rejected === null || rejected === 0) return [];
    const rows = `${formatNumber(rejected)} ${rejected === 1 ? "row was" : "rows were"} rejected`;
    return [`${stream}: ${rows}; ${rejects === null ? "the target did not say where they are" : `see the table ${rejects}`}`];
  });
}
