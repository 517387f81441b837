/** What the load asks of a database: one session, one transaction at a time. This seam is all the I/O a SQL target writes. */
import type { StreamColumns } from "@tapline/columns";
import type { RowBatch } from "@tapline/sdk";
import type { TableName } from "./names/table-name.ts";

export interface ExistingColumn {
  name: string;
  /** As the database spells it. */
  type: string;
  /** The column takes no NULL, and the database can't tell which row of a batch has one. */
  isRequired?: boolean;
  comment?: string | undefined;
  /** The database makes its values itself, and takes none. */
  isGenerated?: boolean;
  /** The type has rules of its own, which would go with it: it stays. */
  isFixed?: boolean;
}

export interface TableDescription {
  /** Why rows can't be loaded into it, as the noun it is: "view". Undefined for tables. */
  notTable: string | undefined;
  columns: ExistingColumn[];
  /** Sets of columns the database itself keeps unique; [] where it does not matter to the dialect. */
  uniqueKeys: string[][];
  /** The primary key that a load gave the table, if it has one: it goes where the stream has another one, or none. */
  ownKey?: { columns: string[]; drop: string } | undefined;
  /** Something would be lost or left behind if the table were dropped and made again: views, grants, keys, indexes. */
  hasDependents: boolean;
  /** Foreign keys of other tables point at it, and new rows may take the place of old ones without their noticing. */
  isReferenced: boolean;
}

export interface Connection extends AsyncDisposable {
  /** The name the database has in qualified names. */
  readonly database: string;
  begin(): Promise<void>;
  /** Resolves only when the database said that everything since `begin` is durable. */
  commit(): Promise<void>;
  /** Also after an error, and on a connection that is gone. */
  rollback(): Promise<void>;
  /** Statements wait for those before them. `about` is the table a failure is told with. Resolves to the number of rows changed. */
  run(sql: string, about?: string): Promise<number>;
  query(sql: string, about?: string): Promise<unknown[][]>;
  /** Null when there is nothing of this name. */
  describe(table: TableName): Promise<TableDescription | null>;
  /** Whether the schema is there; only asked where the table is missing. */
  hasSchema(schema: string): Promise<boolean>;
  /**
   * Does `work`, which changes types of these columns of the table, with the views and indexes that hang on them out of its way; they
   * are as they were when it resolves. @returns the views' names. @throws where one can't be made again
   */
  aroundViews?(table: TableName, work: () => Promise<void>, columns: readonly string[]): Promise<string[]>;
  /** Notes that the table's primary key is one that a load gave it: `describe` tells it as `ownKey` from then on. */
  noteKey?(table: TableName): Promise<void>;
  /** Made anew whenever the columns or keys change. */
  bulkLoad(target: BulkTarget): BulkLoad;
}

export interface BulkTarget extends StreamColumns {
  /** Quoted and qualified, for messages. */
  table: string;
}

/** The bulk codec of a database: rows to the form its fastest door takes. */
export interface BulkLoad {
  /** Whether no key can have come twice since `forgetKeys`, of the rows handed over by now; false where that is not known. */
  readonly areKeysAscending: boolean;
  forgetKeys(): void;
  /**
   * Begins with a batch, while the one before may still be on its way. What it returns hands the rows to `landing` (a quoted
   * table) and resolves to how many the database took. Either may throw the errors about rows, each with line and column.
   */
  convert(batch: RowBatch): (landing: string) => Promise<number>;
}
