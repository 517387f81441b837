/**
 * Reads one table by its replication method. What goes wrong with one table does not end the others. A standby ends a read that is in the
 * way of its primary's changes, and the snapshot with it: the table is then read on from its last place in a new one.
 */
import { setTimeout as pause } from "node:timers/promises";
import { sqlState } from "@tapline/postgres";
import { type Chunk, type ReadContext, StreamFailed, streamFailed, TaplineError } from "@tapline/sdk";
import type { Config } from "../config.ts";
import type { PostgresTable } from "../discover/tables.ts";
import type { Snapshot } from "../snapshot.ts";
import { explainTable } from "./explain-failure.ts";
import { readFullTable } from "./full-table.ts";
import { readIncremental } from "./incremental.ts";
import { newPlace, type Place } from "./place.ts";

/** Tries in a row that came no further. */
const mostIdleTries = 5;
const pauseMs = 1000;

export async function* readTable(table: PostgresTable, context: ReadContext, snapshot: Snapshot, config: Config): AsyncGenerator<Chunk> {
  const place = newPlace(context, snapshot);
  for (let idle = 0, before = placeText(place); ; before = placeText(place)) {
    try {
      yield* context.replicationMethod === "INCREMENTAL"
        ? readIncremental(table, context, snapshot, config, place)
        : readFullTable(table, context, snapshot, config, place);
      return;
    } catch (error) {
      if (error instanceof StreamFailed || context.signal.aborted) throw error;
      const isConflict = isRecoveryConflict(error, snapshot);
      if (!isConflict && isLost(error, snapshot)) throw error;
      const explained = explainTable(error, table, snapshot.session);
      if (!isConflict) throw streamFailed(explained);
      await snapshot.renew();
      idle = placeText(place) === before ? idle + 1 : 0;
      // Rows without a key that come again would be there twice.
      if (context.keyProperties.length === 0 || idle === mostIdleTries) throw streamFailed(explained);
      context.log("warning", `${(explained as Error).message}; it and the tables after it are read on in a new snapshot`);
      await pause(idle * pauseMs);
    }
  }
}

const placeText = ({ state, bookmark }: Place): string => JSON.stringify([state, bookmark]);

/** By its code, for the message is translated. Only a standby ends a transaction that reads with it. */
function isRecoveryConflict(error: unknown, { facts }: Snapshot): boolean {
  return facts.isReplica && sqlState(error) === "40001";
}

/** Without the connection no other table can be read either. A server that ends it says so before it closes it. */
function isLost(error: unknown, { session }: Snapshot): boolean {
  return session.lost !== undefined || (error instanceof TaplineError && error.code === "connection_lost");
}
