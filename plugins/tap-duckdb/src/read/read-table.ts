/** Reads one table by its replication method. What goes wrong with one table does not end the others. */
import { type Chunk, StreamFailed, streamFailed } from "@tapline/sdk";
import { readFullTable } from "./full-table.ts";
import { readIncremental } from "./incremental.ts";
import type { TableReading } from "./table-reading.ts";

export async function* readTable(reading: TableReading): AsyncGenerator<Chunk> {
  const { context, file } = reading;
  try {
    await file.expectUnchanged(context);
    if (context.replicationMethod === "INCREMENTAL") yield* readIncremental(reading);
    else yield* readFullTable(reading);
  } catch (error) {
    // What DuckDB says of a statement that was interrupted is no failure.
    if (context.signal.aborted) return;
    // A file that was written over gives all kinds of errors.
    await file.expectUnchanged(context);
    if (error instanceof StreamFailed) throw error;
    throw streamFailed(error);
  }
}
