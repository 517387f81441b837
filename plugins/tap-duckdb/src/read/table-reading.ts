/** What reading a table of the database needs. */
import type { ReadContext } from "@tapline/sdk";
import type { RangeSettings } from "@tapline/sql-tap";
import type { Config } from "../config.ts";
import type { Database } from "../database.ts";
import type { DuckTable } from "../discover/tables.ts";
import type { SourceFile } from "../source-file.ts";

export interface TableReading {
  table: DuckTable;
  context: ReadContext;
  database: Database;
  /** The database's file. */
  file: SourceFile;
  /** How far before its bookmark a stream is read again, and the range that is read. */
  settings: Pick<Config, "lookback" | keyof RangeSettings>;
}
