/** Reads one table by its replication method. What goes wrong with one table does not end the others. */
import { type Chunk, type ReadContext, StreamFailed, streamFailed, TaplineError } from "@tapline/sdk";
import type { Config } from "../config.ts";
import type { PostgresTable } from "../discover/tables.ts";
import type { Snapshot } from "../snapshot.ts";
import { explainTable } from "./explain-failure.ts";
import { readFullTable } from "./full-table.ts";
import { readIncremental } from "./incremental.ts";

export async function* readTable(table: PostgresTable, context: ReadContext, snapshot: Snapshot, config: Config): AsyncGenerator<Chunk> {
  try {
    const read = context.replicationMethod === "INCREMENTAL" ? readIncremental : readFullTable;
    yield* read(table, context, snapshot, config);
  } catch (error) {
    if (error instanceof StreamFailed || isLost(error, snapshot) || context.signal.aborted) throw error;
    throw streamFailed(explainTable(error, table, snapshot.session));
  }
}

/** Without the connection no other table can be read either. A server that ends it says so before it closes it. */
function isLost(error: unknown, { session }: Snapshot): boolean {
  return session.lost !== undefined || (error instanceof TaplineError && error.code === "connection_lost");
}
