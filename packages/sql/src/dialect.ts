/**
 * What a SQL database is like as far as plans depend on it: data and pure functions, no I/O. A target for a SQL database is
 * this object, a `Connection`, and the codec its bulk load takes.
 */
import type { ColumnType, TypeRules, TypeSpelling } from "@tapline/columns";
import type { TableName } from "./names/table-name.ts";

export interface Dialect {
  /** As people call the database in messages: "DuckDB". */
  name: string;
  /** Schema of tables whose stream names none. */
  fallbackSchema: string;
  types: TypesPart;
  /** Names that are one to the database have the same folded form. */
  fold(name: string): string;
  /** Most bytes of a name in UTF-8; longer ones would be cut in silence. */
  maxNameBytes: number | undefined;
  /** Names, folded, that columns can't have, as they are those of pseudo-columns. */
  reservedColumns: readonly string[];
  /** Names, folded, of schemas in which no table can be made. */
  reservedSchemas: readonly string[];
  /** Most columns of a table. */
  maxColumns: number | undefined;
  quote(name: string): string;
  /** The table with all the database needs to find it; `database` is what `Connection.database` says. */
  qualify(database: string, table: TableName): string;
  qualifySchema(database: string, schema: string): string;
  /**
   * A table can't be altered once rows of before the open transaction went in it, and each alteration is costly; a copy with
   * other columns can take its place instead, as views find it by its name.
   */
  copiesToAlter: boolean;
  /** Pseudo-column whose order, among rows loaded in one transaction, is the order they came in. */
  rowId: string;
  load: LoadPlanner;
  /** What gives a new table, filled by now, its key; nothing where keys are kept unique without one. `keys` may be empty. */
  keyNewTable(table: string, keys: readonly string[]): readonly string[];
}

/** The column types the database has, and how values change from one to another. */
export interface TypesPart extends TypeRules, TypeSpelling {
  /** The type of a column that is there, `spelled` by the database; null for one no value is converted to. */
  typeOf(spelled: string): ColumnType | null;
  /** Whether the values of a column can become those of another type only by a copy of the table; needs `copiesToAlter`. */
  convertsByCopy?(from: ColumnType, to: ColumnType): boolean;
  /** SQL for the values of a quoted column as another type, every digit kept. */
  convert(column: string, from: ColumnType, to: ColumnType): string;
  /**
   * A query for the most digits a column of numbers has: one row, before the point and behind it, both null where some value
   * is no decimal. Undefined where `numeric` holds them all.
   */
  measure: ((table: string, column: string) => string) | undefined;
}

/** How rows get into a table: what the loader runs before the first batch, between, and when a commit is due. */
export type LoadPlanner = (place: LoadPlace) => LoadPlan;

export interface LoadPlace {
  /** Quoted and qualified. */
  table: string;
  /** Column names in the table, those of the stream. */
  columns: readonly string[];
  /** Column names; empty when rows are appended. */
  keys: readonly string[];
  /** The table was made by the open transaction, so nobody else sees it, and had no rows when this load began. */
  isNew: boolean;
  /** Sets of columns the database itself keeps unique. */
  uniqueKeys: readonly (readonly string[])[];
  /** All old rows go, once the load is whole. */
  overwrites: boolean;
  /** Foreign keys of other tables point at it. */
  isReferenced: boolean;
  /** A number of its own for each load of a connection. */
  ordinal: number;
}

export interface LoadPlan {
  /** Run before the first batch. */
  prepare: readonly string[];
  /** Quoted name of the table batches go to: the table itself or a temporary one. */
  landing: string;
  /** Rows with some other columns of the table may land beside: a row that is merged replaces an old one whole. */
  takesOtherColumns: boolean;
  /** A query that tells how the table is before the load: one row, number of rows and largest row id. */
  look: string | undefined;
  /** How what landed becomes part of the table. `before` is what `look` found. */
  merge(before: { rows: bigint; maxRowId: bigint }): MergePlan;
}

/** Steps in the order of the fields; see `merge-plan.ts`. */
export interface MergePlan {
  /** Undefined for appends: nothing is looked for, nothing goes. */
  dedupe: { findRepeated: string; deleteSuperseded: string } | undefined;
  /** All old rows go, where new ones need not meet them. */
  clear?: string;
  /** Old rows that did not come again go: before the others come, as they may be in their way, and again where some did not get in. */
  prune?: string;
  /** How new rows meet old ones; undefined where they can't (no old rows, or appends). */
  apply: ReplaceRows | UpsertRows | undefined;
  /** `apply` for some of the rows; undefined where the database has no savepoints, or nothing to refuse. */
  parts?: LandingParts;
  /** Run last: dropping the landing. */
  finish: readonly string[];
  /** How many rows the table must have now; undefined where counting would cost more than it tells. */
  count: string | undefined;
}

/** Old rows go and, where new ones landed elsewhere, new ones come. */
export interface ReplaceRows {
  kind: "replace";
  /** Undefined where no old row has to go. */
  replaced: { count: string; remove: string } | undefined;
  insert: string | undefined;
}

/** One statement that inserts or updates; a query whose one row is the number of rows written and of those that were updates. */
export interface UpsertRows {
  kind: "upsert";
  query: string;
}

/** The rows that landed, by place: numbers from 0 in the order of the rows. */
export interface LandingParts {
  /** Run once, before the others. */
  prepare: readonly string[];
  /** For the rows from one place to before another. */
  apply(from: number, to: number): ReplaceRows | UpsertRows;
  /** A query for the row at a place, as JSON text. */
  read(place: number): string;
  /** Takes that row out of the landing. */
  drop(place: number): string;
}
