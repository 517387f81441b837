/** What reading a table of the database needs. */
import type { ReadContext } from "@tapline/sdk";
import type { Database } from "../database.ts";
import type { DuckTable } from "../discover/tables.ts";
import type { SourceFile } from "../source-file.ts";

export interface TableReading {
  table: DuckTable;
  context: ReadContext;
  database: Database;
  /** The database's file. */
  file: SourceFile;
  /** The setting: how far before its bookmark a stream is read again. */
  lookback: number | undefined;
}
