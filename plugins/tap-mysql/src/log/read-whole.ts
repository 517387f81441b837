/** Reads tables whole from a snapshot whose place in the log is known, so that their changes go on from there. */
import { type ReadContext, schemaChange, streamFailed } from "@tapline/sdk";
import { sendWhole, streamName, tableName } from "@tapline/sql-tap";
import { findTables, type MysqlTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";
import { readTable } from "../read/read-table.ts";
import { openSession } from "../session/session.ts";
import type { Snapshot } from "../snapshot.ts";
import type { LogItem } from "./follow.ts";
import { LogStream, namesIn, schemaOfLog } from "./log-stream.ts";
import type { LogParts } from "./parts.ts";
import { gtidAt, snapshotOfLog } from "./server-facts.ts";

export interface WholeStream {
  name: string;
  context: ReadContext;
  table: MysqlTable;
  /** Rows that are loaded have this version. */
  version: number | undefined;
  /** Why it is read again; undefined at the first time. */
  why: string | undefined;
}

/** `onRead` is called with each stream once its table was read to its end; it yields what is to be sent then. @throws errors of connecting, binlog_refused */
export async function* readWhole(
  streams: readonly WholeStream[],
  parts: LogParts,
  { signal, onRead }: { signal: AbortSignal; onRead(stream: LogStream): Iterable<LogItem> },
): AsyncGenerator<LogItem> {
  const { options, config, types, log } = parts;
  await using session = await openSession(options);
  const position = await snapshotOfLog(session, () => openSession(options));
  const place = { ...position, gtid: await gtidAt(session, position) };
  const snapshot: Snapshot = {
    session,
    facts: { version: session.version, oldest: { unknown: "" } },
    [Symbol.asyncDispose]: async () => {},
  };
  const wanted = new Set(streams.map(({ name }) => name));
  const tables = await findTables(session, types, (schema, name) => wanted.has(streamName({ schema, name })));
  for (const { name, context, table: known, version, why } of streams) {
    if (signal.aborted) return;
    if (why !== undefined) log("warning", `${tableName(known)} is read whole again: ${why}`, name);
    const table = tables.find((one) => streamName(one) === name);
    if (table === undefined) {
      yield [name, streamFailed(errors.mysql_table_changed({ table: tableName(known), stream: name, reason: "it is gone" }))];
      continue;
    }
    await parts.charsets.load(
      session,
      table.columns.map(({ charset }) => charset),
    );
    const stream = new LogStream({ name, context, table, place, version: version ?? 0 }, parts);
    yield [name, schemaChange(schemaOfLog(table, context.schema, { isNew: why !== undefined }))];
    const columns = (): string[] => namesIn(context.columns, table);
    const isWhole = yield* sendWhole(stream, columns, (asTable) => readTable(table, asTable, snapshot, config));
    if (isWhole && !signal.aborted) yield* onRead(stream);
  }
}
