/** How rows get into a table: what is run before the first batch and when a commit is due. */
import type { ColumnType } from "@tapline/columns";
import type { Activation } from "@tapline/sdk";

export interface Merge {
  plan(load: LoadRequest): LoadPlan;
  /**
   * One statement that marks, removes or outdates rows older than the activated version; it changes as many rows as are gone now.
   * Undefined where nothing identifies a row.
   */
  activate(table: VersionedTable, activation: Activation): string | undefined;
}

export interface LoadRequest {
  /** Quoted and qualified. */
  table: string;
  /** Names of the stream's columns in the table. */
  columns: readonly string[];
  /** The table's other columns that can be written: a row keeps its values there when it is updated. */
  otherColumns: readonly string[];
  /** Column names; empty when rows are appended. */
  keys: readonly string[];
  /** The open transaction made the table, so nobody else sees it, and it had no rows when this load began. */
  isNew: boolean;
  /** Sets of columns that the database keeps unique. */
  uniqueKeys: readonly (readonly string[])[];
  /** The type that a column of the stream has now: it may become another one before the merge runs. */
  typeOf(column: string): ColumnType | undefined;
  /** All old rows are deleted once the load is whole. */
  overwrites: boolean;
  /** Foreign keys of other tables point at it. */
  isReferenced: boolean;
  /** The column of `_sdc_sequence`, where a row must not replace one in which it is larger. */
  sequence?: string | undefined;
  /** The rows include records that delete the row of their key: the landing table takes them without values that the table needs. */
  deletes?: DeleteRecords | undefined;
  /** The rows include some that leave columns unchanged: the landing table has a column for the names of those. */
  partialRows?: PartialRows | undefined;
  /** A different number for each load of a connection. */
  ordinal: number;
}

/** What rows that leave columns unchanged need. */
export interface PartialRows {
  /** The column of the landing table that takes the names: text, or NULL for whole rows. */
  list: string;
}

/** What records with `_sdc_deleted_at` do. */
export interface DeleteRecords {
  /** The column of `_sdc_deleted_at`, and all columns of metadata: those that a marked row gets from the record. */
  deletedAt: string;
  metadata: readonly string[];
  /** Remove rows instead of marking them. */
  removes: boolean;
  /** Columns that take no NULL: a record without a value there makes no row. */
  required: readonly string[];
  /** The column of `_sdc_sequence`, where a row in which it is larger stays as it is. */
  sequence?: string | undefined;
}

export interface LoadPlan {
  /** Run before the first batch. */
  prepare: readonly string[];
  /** Quoted name of the table that batches go to: the table itself or a temporary one. */
  landing: string;
  /** Rows with other columns of the table may land as well, because no row is updated. */
  takesOtherColumns: boolean;
  /** A query for the table before the load: one row with the number of rows and the largest row id. */
  look: string | undefined;
  /** How the landed rows become part of the table. `before` is what `look` found. */
  merge(before: TableSize): MergePlan;
}

export interface TableSize {
  rows: bigint;
  maxRowId: bigint;
}

/** Steps in the order of the fields; `outdated` runs first in loads with `partialRows`. */
export interface MergePlan {
  /** For loads with `partialRows`. */
  fold?: FoldPlan | undefined;
  /** For loads with `deletes`. */
  deletes?: DeletePlan | undefined;
  /** Undefined for appends, where every row stays. */
  dedupe: { findRepeated: string; deleteSuperseded: string } | undefined;
  /** Deletes new rows that are older than the row of their key, by `sequence`. */
  outdated?: string;
  /** Copies the values of `otherColumns` from old rows to the new rows that will replace them. */
  keep?: string;
  /** Deletes all old rows, where new ones need not meet them. */
  clear?: string;
  /**
   * Deletes old rows whose key did not arrive again: before new rows are inserted, as the old ones may be in their way, and again where
   * new rows were refused.
   */
  prune?: string;
  /** How new rows meet old ones; undefined where they can't (no old rows, or appends). */
  apply: ApplyRows | undefined;
  /** `apply` for some of the rows; undefined where nothing can be refused. Only used with the trait `savepoints`. */
  parts?: LandingParts;
  /** Run last: drops the landing table. */
  finish: readonly string[];
  /** The same where DDL commits: run after the commit. */
  clean?: readonly string[];
  /** A query for how many rows the table must have now; undefined where counting would cost more than it shows. */
  count: string | undefined;
}

/** Rows that leave columns unchanged get the values that they keep: of an earlier landed row of their key, or of the table's row. */
export interface FoldPlan {
  /** A query for the lists of names that landed. */
  lists: string;
  /** The statements for these columns. */
  plan(columns: readonly string[]): FoldStatements;
}

export interface FoldStatements {
  /** Where DDL commits: makes the table that `collect` fills, before the transaction. */
  prepare: string | undefined;
  /** Run before any landed row is deleted: finds the values for the last row of each key. */
  collect: string;
  /** A query for one row: for each of the columns, for how many rows there was no value to keep. */
  countLost: string;
  /** Run when each key has one landed row: gives it the values. */
  fill: string;
  finish: string | undefined;
  /** Where DDL commits: takes the place of `finish`, after the commit. */
  clean: string | undefined;
}

/** Records that delete the row of their key. */
export interface DeletePlan {
  /** Where DDL commits: makes the table that `collect` fills, before the transaction. */
  prepare: string | undefined;
  /** Run before the dedupe: puts those that are the last of their key into a table, then takes all of them out of the landed rows. */
  collect: string;
  takeOut: string;
  /** Drops collected ones that are older than the row of their key, by `sequence`. */
  outdated: string | undefined;
  /** A query for how many are left. */
  count: string;
  /** Run when the other rows are in the table. Each changes as many rows as are deleted by it. */
  apply: string;
  /** Makes rows of those whose keys the table does not have. */
  insert: { dropKnown: string; rest: string } | undefined;
  finish: string | undefined;
  /** Where DDL commits: takes the place of `finish`, after the commit. */
  clean: string | undefined;
}

export type ApplyRows = ReplaceRows | UpsertRows | MergeRows | CheaperRows | NarrowedRows;

/**
 * `replace` costs less than `upsert`, and is run where the database says that nothing would come of it but the rows. Where it refuses a
 * row, for example because another session inserted the key meanwhile, `upsert` is run.
 */
export interface CheaperRows {
  kind: "cheaper";
  /** From fewer rows there is nothing to gain. */
  leastRows: number;
  /** Run before `mayReplace`, so that its answer holds until the transaction ends. */
  lock: string;
  /** A query for one row, which is true or false. */
  mayReplace: string;
  replace: ReplaceRows;
  upsert: UpsertRows;
}

/** Deletes old rows and, where new ones landed elsewhere, inserts those. */
export interface ReplaceRows {
  kind: "replace";
  /**
   * Undefined where no old row has to be deleted. Without `count` each key has one old row at most, so that as many are updated as are removed.
   * `meets`: a cheap query without a row where no old row can have one of the keys.
   */
  replaced: { meets?: string; count?: string; remove: string } | undefined;
  /** Together they insert each landed row once. */
  insert: readonly string[];
}

/** One query that inserts or updates: its one row is the number of rows written and how many of those were updates. */
export interface UpsertRows {
  kind: "upsert";
  query: string;
}

/** One statement that updates the rows whose key arrived, each of them where the table holds a key several times, and inserts the others. */
export interface MergeRows {
  kind: "merge";
  /** A query for how many landed rows update others. */
  count: string;
  statement: string;
}

/** The database looks only at rows of the table whose keys lie between the lowest and the highest that landed. Called when the merge runs. */
export interface NarrowedRows {
  kind: "narrowed";
  narrow(): {
    /** A query for one row: those keys. Undefined where the types of the keys forbid it. */
    ends: string | undefined;
    apply(ends: readonly unknown[]): ReplaceRows | MergeRows;
  };
}

/** The landed rows by number, from 0 in their order. */
export interface LandingParts {
  /** Run once, before the others. */
  prepare: readonly string[];
  /** For the rows from one number to before another. */
  apply(from: number, to: number): ApplyRows;
  /** A query for the row of that number, as JSON text. */
  read(row: number): string;
  /** Takes that row out of the landing table. */
  drop(row: number): string;
}

export interface VersionedTable {
  /** Quoted and qualified. */
  table: string;
  /** Column names of the stream's keys. */
  keys: readonly string[];
  /** The name that a metadata column has in this table. */
  columnOf: (name: string) => string;
  /** Rows are appended: none is deleted or changed. */
  isAppend: boolean;
}
