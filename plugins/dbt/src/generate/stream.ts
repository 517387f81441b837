/** A stream that dbt models are made for, and the table that the target made for it. */

export interface GenerateStream {
  stream: string;
  /** Schema and name of the table. */
  schema: string;
  table: string;
  /** Column names. */
  keys: readonly string[];
  /** All columns of the table, with the `_sdc_` columns that the target adds. `type`: as the database writes it. */
  columns: readonly { property: string; name: string; type: string }[];
  loadMethod: "append-only" | "upsert" | "overwrite";
  /** The column with the time from which a row is valid, for the history. Default: the time of extraction. */
  validFrom?: string;
}
