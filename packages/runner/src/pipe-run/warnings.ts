/** What a person should look at even though the run succeeded. Pure. */

import { formatNumber } from "@tapline/protocol";
import type { StreamResult } from "../model/stream-result.ts";

export function warningsOn(streams: readonly StreamResult[]): string[] {
  return streams.flatMap(({ stream, rejected, rejects }) => {
    if (rejected === null || rejected === 0) return [];
    const rows = `${formatNumber(rejected)} ${rejected === 1 ? "row was" : "rows were"} rejected`;
    return [`${stream}: ${rows}; ${rejects === null ? "the target did not report where they are" : `see the table ${rejects}`}`];
  });
}
