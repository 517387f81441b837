/** How a pair of tables is verified, and what is told meanwhile. */

export interface VerifyOptions {
  /** Whether examples have the values of the columns that differ. Keys are always there. */
  values?: boolean;
  /** Examples of a table. Default: 20. */
  examples?: number;
  /** Threads or processes of each database. Default: its own choice. */
  workers?: number | undefined;
  /** Read rows that differ again after so many seconds: only those that differ both times count. */
  recheckSeconds?: number | undefined;
  /** Whether NULLs, sums, minima and maxima of columns are taken too. Default: true. */
  statistics?: boolean;
}

/** What is being done, for people who wait. */
export type Phase = "digest" | "rows" | "recheck" | "metrics";

export interface TableProgress {
  onPhase(phase: Phase): void;
  /** `rows`: how many were compared so far in this phase. */
  onRows(rows: number): void;
}
