/** A stream that dbt models are made for: its table, as the target made it. */

export interface GenerateStream {
  stream: string;
  /** Schema and name of its table. */
  schema: string;
  table: string;
  /** Column names. */
  keys: readonly string[];
  /** All columns of the table, the `_sdc_` ones too where the target adds them; `type` as the database spells it. */
  columns: readonly { property: string; name: string; type: string }[];
  loadMethod: "append-only" | "upsert" | "overwrite";
  /** Column that tells from when on a row holds, for its history; default the time it was extracted. */
  validFrom?: string;
}
