/** Reads one table by its replication method. What goes wrong with one table does not end the others. */
import { type Chunk, type ReadContext, StreamFailed, streamFailed, TaplineError } from "@tapline/sdk";
import { streamName, tableName } from "@tapline/sql-tap";
import type { Config } from "../config.ts";
import type { MysqlTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";
import { tableSql } from "../quote.ts";
import { serverErrno } from "../session/failures.ts";
import type { Session } from "../session/session.ts";
import type { Snapshot } from "../snapshot.ts";
import { readFullTable } from "./full-table.ts";
import { readIncremental } from "./incremental.ts";

/** Engines whose rows a snapshot holds still. */
const transactional = ["innodb", "rocksdb", "tokudb"];

export async function* readTable(table: MysqlTable, context: ReadContext, snapshot: Snapshot, config: Config): AsyncGenerator<Chunk> {
  const { session } = snapshot;
  if (table.engine !== undefined && !transactional.includes(table.engine.toLowerCase()))
    context.log(
      "warning",
      `${tableName(table)} is of the engine ${table.engine}, which has no snapshots: rows that change while it is read may be missed`,
    );
  try {
    // So that the table can be altered once it was read.
    await session.execute("SAVEPOINT tapline");
    yield* context.replicationMethod === "INCREMENTAL"
      ? readIncremental(table, context, snapshot, config)
      : readFullTable(table, context, session, config);
  } catch (error) {
    if (error instanceof StreamFailed || context.signal.aborted || session.lost !== undefined) throw error;
    if (error instanceof TaplineError && error.code === "mysql_connection_lost") throw error;
    throw streamFailed(explainTable(error, table, session));
  } finally {
    if (session.lost === undefined) await session.execute("ROLLBACK TO SAVEPOINT tapline").catch(() => {});
  }
}

/** What the server says of a table that it does not let the tap read, as an error whose hint fits a tap. */
export function explainTable(error: unknown, table: MysqlTable, { options }: Session): unknown {
  if (!(error instanceof TaplineError)) return error;
  const { message: reason = error.message } = (error.cause ?? {}) as { message?: string };
  const details = { table: tableName(table), stream: streamName(table), reason };
  switch (serverErrno(error)) {
    // A table or a column that is gone, has another name, or was rebuilt after the snapshot was taken.
    case 1049:
    case 1054:
    case 1146:
    case 1412:
    case 1356:
      return errors.mysql_table_changed(details, {}, error);
    case 1142:
    case 1143:
      return errors.mysql_reading_refused({ ...details, name: tableSql(table), user: options.user }, {}, error);
    case 1205:
    case 1317:
    case 1969:
    case 3024:
      return errors.mysql_statement_cancelled(details, {}, error);
    default:
      return error;
  }
}
