/** What a run that failed or was stopped has loaded of each stream, and what it has not. Pure. */

import type { RunResult } from "../model/run-event.ts";
import type { StreamResult } from "../model/stream-result.ts";
import { describeCount } from "./format.ts";

/** A line for each stream that had rows. A count that nobody reported is never guessed. */
export function describeLoaded({ streams, target, delivery }: RunResult): string[] {
  return streams.flatMap((result) => {
    const { stream, loaded, table, summedUpBy } = result;
    const read = readRows(result);
    if (read === 0 && (loaded ?? 0) === 0) return [];
    if (loaded === null) {
      const advice = delivery.exactlyOnce ? "the next run reads its ledger and continues from there" : "look at the table";
      return [`${stream}: how many rows were loaded is not known, because ${target} did not report it; ${advice}`];
    }
    const isFinal = summedUpBy.includes("target");
    const rows = `${isFinal || loaded === 0 ? "" : "at least "}${describeCount(loaded)} ${loaded === 1 ? "row is" : "rows are"}`;
    const loadedRows = `${rows} loaded${loaded === 0 || table === null ? "" : ` into ${table}`}`;
    const missing = read === null ? null : read - accountedFor(result);
    if (missing === null || missing <= 0) return [`${stream}: ${loadedRows}`];
    return [`${stream}: ${loadedRows}; ${describeCount(missing)} more ${missing === 1 ? "was" : "were"} read and not loaded`];
  });
}

/** The larger count: rows that the tap sent may still be in the pipe. null: nobody reported one. */
function readRows({ sent, received }: StreamResult): number | null {
  return sent === null && received === null ? null : Math.max(sent ?? 0, received ?? 0);
}

function accountedFor({ filtered = 0, loaded, superseded, deleteRecords, rejected }: StreamResult): number {
  return filtered + (loaded ?? 0) + (superseded ?? 0) + (deleteRecords ?? 0) + (rejected ?? 0);
}
