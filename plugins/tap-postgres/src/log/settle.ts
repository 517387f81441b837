/**
 * What a stream does when the log describes its table in another way than the run knows it: new columns become a new SCHEMA before the
 * first row that has them, and where the log does not tell what older rows have, the table is read again.
 */
import type { Session } from "@tapline/postgres";
import { type Log, schemaChange } from "@tapline/sdk";
import { tableName } from "@tapline/sql-tap";
import { findTables, type PostgresTable } from "../discover/tables.ts";
import type { TypeOptions } from "../discover/types.ts";
import type { LogItem } from "./follow.ts";
import { type LogStream, schemaOfLog } from "./log-stream.ts";
import type { Relation } from "./pgoutput.ts";
import { type ColumnMarks, changeOfRows, columnMarks, isOfType } from "./shape.ts";
import { readTableFacts, type TableFacts } from "./table-facts.ts";

export interface SettleOptions {
  session: Session;
  types: TypeOptions;
  log: Log;
  /** For each stream that goes on from a bookmark the columns of that: some may be gone since. */
  before: ReadonlyMap<string, ColumnMarks>;
}

export async function* settle(stream: LogStream, relation: Relation, options: SettleOptions): AsyncGenerator<LogItem> {
  const { log, before } = options;
  if (fits(relation, stream.facts)) return;
  const present = await presentTable(stream, options);
  if (present === undefined) {
    log("warning", `${tableName(stream.table)} was dropped: its rows stay as they were loaded`, stream.name);
    stream.resync = "the table was dropped while its changes were read";
    return;
  }
  const { table, facts } = present;
  const all = facts.columns.map(({ name }) => name);
  const known = { ...before.get(stream.name), ...columnMarks(stream.facts.columns, stream.names) };
  const why =
    changeOfRows({ ...known, ...columnMarks(stream.facts.columns, all) }, facts.columns, all) ??
    (fits(relation, facts, known) ? undefined : "its columns changed more than once");
  if (why !== undefined) {
    stream.resync = why;
    return;
  }
  stream.become(table, facts);
  yield [stream.name, schemaChange(schemaOfLog(table, facts, stream.context.schema))];
}

/** Each column of the log is one of the table, of the same type, or was one of those before and is gone. */
function fits({ columns }: Relation, facts: TableFacts, before: ColumnMarks = {}): boolean {
  return columns.every((column) => {
    const found = facts.columns.find(({ name }) => name === column.name);
    return found === undefined ? isOfType(before[column.name], column) : found.type === column.type && found.modifier === column.modifier;
  });
}

/** The table as it is now; undefined where it is gone. */
async function presentTable(
  { table: { oid, schema, name } }: LogStream,
  { session, types }: SettleOptions,
): Promise<{ table: PostgresTable; facts: TableFacts } | undefined> {
  const tables = await findTables(session, types, (inSchema, called) => inSchema === schema && called === name);
  const table = tables.find((one) => one.oid === oid);
  const facts = (await readTableFacts(session, [oid])).get(oid);
  return table === undefined || facts === undefined ? undefined : { table, facts };
}
