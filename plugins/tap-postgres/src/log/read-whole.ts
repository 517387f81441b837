/**
 * Reads tables whole before their changes are followed, all from one snapshot that sees exactly the transactions before a place of the log.
 * A slot for this moment alone gives both. Where such a read was killed, the next run reads the table from its start, as a new version.
 */
import type { ConnectionOptions } from "@tapline/postgres";
import { type Log, type ReadContext, schemaChange, streamFailed } from "@tapline/sdk";
import { sendWhole, streamName, tableName } from "@tapline/sql-tap";
import type { Config } from "../config.ts";
import { findTables, type PostgresTable } from "../discover/tables.ts";
import type { TypeOptions } from "../discover/types.ts";
import { errors } from "../errors.ts";
import { readTable } from "../read/read-table.ts";
import { takeSnapshot } from "../snapshot.ts";
import { openReplication } from "./feed.ts";
import type { LogItem } from "./follow.ts";
import { LogStream, namesIn, schemaOfLog } from "./log-stream.ts";
import { createSlot } from "./slot.ts";
import { readTableFacts } from "./table-facts.ts";

export interface WholeStream {
  name: string;
  context: ReadContext;
  table: PostgresTable;
  member: string;
  /** Rows that are loaded have this version. */
  version: number | undefined;
  /** Why it is read again; undefined at the first time. */
  why: string | undefined;
}

export interface WholeOptions {
  options: ConnectionOptions;
  config: Config;
  types: TypeOptions;
  slot: string;
  log: Log;
  signal: AbortSignal;
  /** Called with each stream once its table was read to its end. Yields what is to be sent then. */
  onRead(stream: LogStream): Iterable<LogItem>;
}

/** @throws errors of connecting, slots_full */
export async function* readWhole(streams: readonly WholeStream[], whole: WholeOptions): AsyncGenerator<LogItem> {
  const { options, config, types, slot, log, signal } = whole;
  const { snapshot, lsn } = await snapshotOfLog(options, slot, log);
  await using held = snapshot;
  const oids = new Set(streams.map(({ table }) => table.oid));
  const wanted = new Set(streams.map(({ name }) => name));
  const tables = await findTables(held.session, types, (schema, name) => wanted.has(streamName({ schema, name })));
  const facts = await readTableFacts(held.session, [...oids]);
  for (const { name, context, table: known, member, version, why } of streams) {
    if (signal.aborted) return;
    if (why !== undefined) log("warning", `${tableName(known)} is read whole again: ${why}`, name);
    const table = tables.find(({ oid }) => oid === known.oid);
    const itsFacts = facts.get(known.oid);
    if (table === undefined || itsFacts === undefined) {
      yield [name, streamFailed(errors.table_changed({ table: tableName(known), stream: name, reason: "it is gone" }))];
      continue;
    }
    const stream = new LogStream({ name, context, member, table, facts: itsFacts, lsn, version: version ?? 0 });
    yield [name, schemaChange(schemaOfLog(table, itsFacts, context.schema, { isNew: why !== undefined }))];
    const columns = (): string[] => namesIn(context.columns, table, itsFacts);
    const isWhole = yield* sendWhole(stream, columns, (asTable) => readTable(table, asTable, held, config));
    if (isWhole && !signal.aborted) yield* whole.onRead(stream);
  }
}

/** The snapshot is taken over by a session of the tap's own before the slot, and with it the session that made it, goes. */
async function snapshotOfLog(options: ConnectionOptions, slot: string, log: Log) {
  await using replication = await openReplication(options);
  const name = `${slot.slice(0, 40)}_read_${process.pid}_${Date.now().toString(36)}`;
  const { lsn, snapshot: id } = await createSlot(replication, name, log, { isTemporary: true });
  return { lsn, snapshot: await takeSnapshot(options, 0, { id }) };
}
