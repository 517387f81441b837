/** What the load needs of a database session. A SQL target's I/O is this interface and nothing else. */
import type { StreamColumns } from "@tapline/columns";
import type { CostPart, RowBatch, RowFile, Tolerated } from "@tapline/sdk";
import type { TableName } from "./names/table-name.ts";

export interface ExistingColumn {
  name: string;
  /** As the database spells it. */
  type: string;
  /** The only values there are, where the type is an enum whose spelling does not list them. */
  labels?: readonly string[];
  /** The column takes no NULL, and the database does not report which row of a batch has one. */
  isRequired?: boolean;
  /** The column takes no NULL. */
  refusesNull?: boolean;
  comment?: string | undefined;
  /** The database generates the values and accepts none. */
  isGenerated?: boolean;
  /** The database gives each new row a number here, unless the load sends one. */
  isNumbered?: boolean;
  /** The type has rules that a change would lose, so the column keeps it. */
  isFixed?: boolean;
  /** The database can hold two texts for equal though their bytes differ: by a collation, or because it ignores case or padding. */
  equatesTexts?: boolean;
}

export interface TableDescription {
  /** What it is instead of a table, as a noun: "view". Undefined for tables. */
  notTable: string | undefined;
  columns: ExistingColumn[];
  /** Sets of columns that the database keeps unique; [] where the dialect does not need to know. */
  uniqueKeys: string[][];
  /** The primary key that a load gave the table. It is dropped where the stream has another one, or none. `drop` is the SQL for that. */
  ownKey?:
    | {
        columns: string[];
        drop: string;
      }
    | undefined;
  /** Views, grants, keys or indexes would be lost, or keep the old table, if the table were dropped and made again. */
  hasDependents: boolean;
  /** The stream that a load made the table for; undefined where others made it. */
  stream?: string | undefined;
  /** The columns that the load's comment names as the key, where the database keeps none unique. */
  notedKey?: readonly string[];
  /** The role may not write comments on its columns. */
  refusesComments?: boolean;
  /** Foreign keys of other tables point at it, and new rows may replace old ones without violating them. */
  isReferenced: boolean;
}

export interface FoundTable extends Pick<TableDescription, "stream"> {
  table: string;
  /** It takes rows. */
  isTable: boolean;
}

/** One session, with one transaction at a time. Statements run in the order of the calls. */
export interface Connection extends AsyncDisposable {
  /** The database's name in qualified names. */
  readonly database: string;
  /** Where the database is, for people: its file, or its server and name. */
  readonly location: string;
  begin(): Promise<void>;
  /** Resolves only when the database confirmed that everything since `begin` is durable. */
  commit(): Promise<void>;
  /** Also works after an error, and on a lost connection. */
  rollback(): Promise<void>;
  /** `about`: the table that an error names. @returns the number of rows changed */
  run(sql: string, about?: string): Promise<number>;
  query(sql: string, about?: string): Promise<unknown[][]>;
  /** Null when nothing has this name. */
  describe(table: TableName): Promise<TableDescription | null>;
  /** Where DDL commits: ends or undoes a change of a column that a killed load left half done. Called before a load plans a table. */
  repair?(table: TableName): Promise<void>;
  /** The tables and views of the schema that have one of these names, or differ from one only in the case of ASCII letters. */
  tablesLike(schema: string, names: readonly string[]): Promise<FoundTable[]>;
  /** Whether the schema exists. Only called where the table is missing. */
  hasSchema(schema: string): Promise<boolean>;
  /**
   * Takes views and indexes that depend on these columns out of the way, does `work`, which changes the columns' types, and restores them.
   * @returns the names of the restored views. @throws the target's error where one can't be restored
   */
  aroundDependents?(table: TableName, columns: readonly string[], work: () => Promise<void>): Promise<string[]>;
  /** Marks the table's primary key as given by a load, so that `describe` returns it as `ownKey`. */
  markKey?(table: TableName): Promise<void>;
  /**
   * Runs one statement that a person wrote, in the open transaction: at most `most` of its rows, and how many there are. It can change nothing.
   * After an error the transaction may be of no more use, unless the dialect has savepoints. Where it is missing, tables can't be
   * checked before a commit. @throws as `ReadSession.select`
   */
  readRows?(sql: string, most: number): Promise<FoundRows>;
  /** What the session cost so far, where the database is paid by use. */
  spent?(): readonly CostPart[];
  /** Called again whenever the columns or keys change. */
  bulkLoad(target: BulkTarget): BulkLoad;
}

/** Rows of a query, each cell as the JSON text of its value. */
export interface FoundRows {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** Of all rows. */
  count: number;
}

export interface BulkTarget extends StreamColumns {
  /** Quoted and qualified, for messages. */
  table: string;
}

/** Rows by the way that is fastest into this database. */
export interface BulkLoad {
  /** Whether no key can have arrived twice since `forgetKeys` in the batches converted so far; false where that is unknown. */
  readonly areKeysAscending: boolean;
  forgetKeys(): void;
  /** Whether `convert` takes a batch with this file: the database reads each row of it as from records, and none has to be set aside. */
  takesFile?(file: RowFile, use: FileUse): boolean | Promise<boolean>;
  /**
   * Converts the batch, while the one before may still be landing. It may write a file or upload one, or leave all work to `land`.
   * @throws TooNarrow and the errors about rows, each with line and column
   */
  convert(batch: RowBatch): Staged;
  /**
   * Puts into the table what `land` has kept back, where it gathers batches. @throws insert_count_mismatch where the database took another
   * number of rows than `land` returned
   */
  flush?(landing: string): Promise<void>;
}

/** What becomes of the rows of a file. */
export interface FileUse {
  /** The load made the table, and nobody else sees it yet. */
  isNew: boolean;
  /** They land in a table of their own, unless the stream's table is new. */
  landsApart: boolean;
  /** The user wants rows that the table refuses to be set aside, which can't be done with rows of a file. */
  mayReject: boolean;
}

/** A converted batch that is not in the database yet. */
export interface Staged {
  /** Rows that are to land: those of the batch that were not rejected. Final once `land` has resolved. */
  readonly rows: number;
  /** What could not be stored as it was sent, in the rows that land. Final once `land` has resolved. */
  readonly tolerated: readonly Tolerated[];
  /** Puts the rows into a quoted table, or keeps them for `flush`. @returns how many rows were taken. @throws as `convert`, and what the database refuses */
  land(landing: string): Promise<number>;
  /** Releases what the batch holds outside the database. Called once for each batch, landed or not. */
  drop(): Promise<void>;
}
