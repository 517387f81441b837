/** Facts about a database that decide how the load proceeds. Data only. */

export interface Traits {
  /**
   * `transactional`: DDL is part of the open transaction and a rollback takes it back. `commits`: each DDL statement commits, so tables are
   * made and changed, and rows land in tables of their own, before the transaction begins; it holds the merges and the ledger's entry.
   * Tables and columns that a failed load made stay. Such a dialect has no `savepoints`.
   */
  ddl: "transactional" | "commits";
  /** What gives the order in which rows of one transaction were inserted: a pseudo-column, or a column that the load fills. */
  order: { pseudo: string } | { column: string };
  /** Part of a transaction can be rolled back, so rows that the table refuses are found while merging. */
  savepoints: boolean;
  /** Keys are unique only where the table has a primary key, so new tables get one. */
  keysEnforced: boolean;
  /** Other sessions can change a table while the load runs, so a plan is checked again before it is run. */
  sharesTables: boolean;
  /**
   * A table can't be altered after rows from before the transaction were deleted from it, and each alteration is costly. A copy with
   * the new columns replaces it instead; views find the copy by its name.
   */
  altersByCopy: boolean;
  /** Most columns of a table. */
  maxColumns: number | undefined;
}
