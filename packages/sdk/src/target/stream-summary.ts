/** What is reported of a stream when a load ends. */
import { type StreamSummary, TaplineError } from "@tapline/protocol";
import type { Sink, StreamDestination } from "./define.ts";
import type { OpenStream } from "./open-stream.ts";

/** A line with more files than this is too long for people and logs. */
const mostFiles = 1000;

/** What is durable of the stream. `inTable`: rows of the table, if they were counted. */
export function summarize(
  stream: string,
  { received, rejected, rejectedFiles, counts, openedAt, lastAt }: OpenStream,
  { table, database, rejects }: StreamDestination,
  inTable: number | undefined,
): StreamSummary & { not_committed: number } {
  const { deleteRecords, ...others } = counts;
  const loaded = counts.inserted + counts.updated;
  return {
    stream,
    received,
    loaded,
    ...others,
    ...(deleteRecords > 0 && { delete_records: deleteRecords }),
    rejected,
    not_committed: received - loaded - counts.superseded - deleteRecords - rejected,
    table,
    ...(database !== undefined && { database }),
    ...(rejected > 0 && rejects !== undefined && { rejects }),
    ...(rejectedFiles.size > 0 && rejectedFiles.size <= mostFiles && { rejected_files: Object.fromEntries(rejectedFiles) }),
    ...(inTable !== undefined && { in_table: inTable }),
    seconds: Math.max(lastAt - openedAt, 1) / 1000,
  };
}

export function rejectedWarning(stream: string, count: number, { rejects = "its rejects" }: StreamDestination): string {
  const [rows, were] = count === 1 ? ["row", "was"] : ["rows", "were"];
  return `${count} ${rows} of stream ${JSON.stringify(stream)} did not fit and ${were} not loaded; see ${rejects} for the reasons`;
}

export function growingWarning(streams: readonly string[]): string {
  const names = streams.map((name) => JSON.stringify(name)).join(", ");
  const [what, their] = streams.length === 1 ? [`stream ${names} has`, "its"] : [`${streams.length} streams have`, "their"];
  return `${what} no key_properties and arrive${streams.length === 1 ? "s" : ""} whole, so each run adds all ${their} rows again${streams.length === 1 ? "" : ` (${names})`}; name a key (table-key-properties in metadata) or load with load_method: overwrite`;
}

/** Rows in the stream's table. undefined: the connection was lost. The rows are durable, so that is no failure of the load. */
export async function countRows(sink: Sink, stream: string): Promise<number | undefined> {
  try {
    return await sink.countRows(stream);
  } catch (error) {
    if (error instanceof TaplineError && error.class === "connection") return undefined;
    throw error;
  }
}
