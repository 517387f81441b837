/** Reads one table by its replication method. What goes wrong with one table does not end the others. */
import { type Chunk, type ReadContext, StreamFailed, streamFailed } from "@tapline/sdk";
import type { Config } from "../config.ts";
import type { Database } from "../database.ts";
import type { DuckTable } from "../discover/tables.ts";
import type { SourceFile } from "../source-file.ts";
import { readFullTable } from "./full-table.ts";
import { readIncremental } from "./incremental.ts";

export async function* readTable(
  table: DuckTable,
  context: ReadContext,
  database: Database,
  file: SourceFile,
  config: Config,
): AsyncGenerator<Chunk> {
  try {
    await file.expectUnchanged(context);
    if (context.replicationMethod === "INCREMENTAL") yield* readIncremental(table, context, database, file, config);
    else yield* readFullTable(table, context, database, file);
  } catch (error) {
    // What DuckDB says of a statement that was interrupted is no failure.
    if (context.signal.aborted) return;
    // A file that was written over gives all kinds of errors.
    await file.expectUnchanged(context);
    if (error instanceof StreamFailed) throw error;
    throw streamFailed(error);
  }
}
