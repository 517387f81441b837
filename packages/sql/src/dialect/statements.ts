/**
 * Statements on tables, schemas and the ledger. Tables and schemas arrive quoted and qualified; names of columns, keys and savepoints
 * arrive as they are. `standard/` has them in standard SQL; a dialect replaces those it spells otherwise.
 */
import type { ColumnType } from "@tapline/columns";
import type { TableName } from "../names/table-name.ts";

export interface NewColumn {
  name: string;
  type: ColumnType;
}

export interface WidenedColumn {
  name: string;
  from: ColumnType;
  to: ColumnType;
  /** The comment that the column has. */
  comment?: string | undefined;
}

/** A column of a copied table: as it was, converted, or new and NULL in every row. */
export type CopiedColumn =
  | { kind: "kept"; name: string }
  | { kind: "converted"; name: string; from: ColumnType; to: ColumnType }
  | { kind: "added"; name: string; type: ColumnType };

export interface Statements {
  /** Does nothing where the schema exists. */
  createSchema(schema: string): string;
  createTable(table: string, columns: readonly NewColumn[]): string;
  /** In the session alone; `name` is without schema. */
  createTemporaryTable(name: string, columns: readonly NewColumn[]): string;
  addColumn(table: string, column: NewColumn): string;
  /** Where DDL commits, a load that is killed between two of the statements leaves what `Connection.repair` mends. */
  alterColumn(table: string, column: WidenedColumn): readonly string[];
  commentColumn(table: string, column: string, comment: string): string;
  commentTable(table: string, comment: string): string;
  dropTable(table: string): string;
  /** `name` is the new name without schema. */
  renameTable(table: string, name: string): string;
  /** Makes `copy` with all rows of the table, in their order. */
  copyTable(copy: string, table: string, columns: readonly CopiedColumn[]): string;
  /** Gives a filled table its primary key. Only called with the trait `keysEnforced`. */
  addKey(table: string, keys: readonly string[]): readonly string[];
  /**
   * A query for schema and name of those of the tables that exist and outlive the session; it may return others as well. Each has a "="
   * in front, because some clients trim what a text begins with.
   */
  findTables(database: string, tables: readonly TableName[]): string;
  /** Deletes the rows that have this text in the column. */
  deleteWhere(table: string, column: string, text: string): string;
  /** Deletes the rows whose column, of this type, is at or after the first text and before the second. */
  deleteRange(table: string, column: NewColumn, from: string, to: string): string;
  /** A query for one row with the product and its version as a text. */
  readonly version: string;
  /** A query for the rows; [] means all columns. */
  selectRows(table: string, columns: readonly string[]): string;
  /** A query for one row with one number. */
  countRows(table: string): string;
  /** A query for one row with one number: 0 where no two rows have equal keys and no key is NULL. */
  countKeyFaults(table: string, keys: readonly string[]): string;
  /** A text as a constant. */
  constant(text: string): string;
  /** Whether a text matches from its start to its end. `pattern`: as `patternText` writes it. */
  matches(value: string, pattern: string): string;
  /** Only called with the trait `savepoints`. */
  savepoint(name: string): Savepoint;
  ledger: LedgerStatements;
  rejects: RejectStatements;
}

/** On tables of rejected rows. */
export interface RejectStatements {
  /**
   * A query for schema and name, each with a "=" in front, of the tables whose names end in the suffix and that have these columns; third,
   * which of the `others` they have, separated by commas.
   */
  find(database: string, suffix: string, columns: readonly string[], others: readonly string[]): string;
  /** A query for the streams of the rows. */
  streams(table: string): string;
  /** Gives an id to rows that have none. */
  number(table: string): string;
  /**
   * A query for id, stream, position as text, code, reason, run id, seconds since 1970 of the rejection, and the record or NULL.
   * `chosen`: an SQL condition.
   */
  list(table: string, chosen: string, withRecords: boolean): string;
  /** A query for one row where some row has no id. */
  withoutId(table: string): string;
  /** A query for the SCHEMA that was kept last; no row where none was. */
  newestDefinition(table: string, chosen: string): string;
  /** A query for id and metadata. */
  origins(table: string, chosen: string): string;
  /**
   * `read` is a query for id, stream, position as text, record, definition and metadata. It deletes the rows as well, or `remove` deletes
   * them later, in the transaction.
   */
  take(table: string, chosen: string): { read: string; remove: string | undefined };
  discard(table: string, chosen: string): string;
  /** The condition that the column has one of the texts. */
  oneOf(column: string, texts: readonly string[]): string;
}

export interface Savepoint {
  set: string;
  release: string;
  /** Leaves the savepoint set: it must still be released. */
  rollBack: string;
}

export interface LedgerStatements {
  /** Does nothing where the table exists. */
  create(table: string): string;
  /** From now on only this run may commit under the state id. */
  take(table: string, stateId: string, runId: string): string;
  /** Changes one row while the run holds the state id, else none. Without `state` the stored one stays. */
  record(table: string, entry: LedgerEntry): string;
  /** A query for one row or none: the run that stored the state, the state, and when, in seconds since 1970. */
  read(table: string, stateId: string): string;
  /** A query for one row or none: the run that stored the state, the counts, and when, in seconds since 1970. */
  readCounts(table: string, stateId: string): string;
}

export interface LedgerEntry {
  stateId: string;
  runId: string;
  state: string | undefined;
  counts: string;
}
