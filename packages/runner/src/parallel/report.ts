/** What a day's comparison found, as the store keeps it and JSON shows it. Names are those of the wire. */

export interface DayReport {
  /** "daily-20260131-1": job, day, and the number of the try. */
  id: string;
  job: string;
  environment: string;
  day: string;
  attempt: number;
  started_at: string;
  ended_at: string;
  /** clean: all tables and totals agree. different: some don't. failed: some could not be compared. */
  verdict: "clean" | "different" | "failed";
  tables: TableReport[];
  /** One sentence for each thing that is wrong; [] where it is clean. */
  problems: string[];
}

export interface TableReport {
  table: string;
  old: string;
  new: string;
  verdict: DayReport["verdict"];
  /** Rows; null: not known. */
  old_rows: number | null;
  new_rows: number | null;
  only_old: number;
  only_new: number;
  differing: number;
  /** Columns that differ, with the number of rows. */
  columns: { name: string; rows: number }[];
  /** The keys of some rows that differ, each as texts by column. */
  examples: { what: "only_old" | "only_new" | "differing"; key: Record<string, string | null>; columns?: string[] }[];
  metrics: MetricReport[];
  /** Why it could not be compared, and what of its form differs. */
  problems: string[];
}

export interface MetricReport {
  /** "sum(revenue) by region" */
  name: string;
  groups: number;
  /** Groups whose totals differ; null: the side has no such group. */
  different: { group: string; old: string | null; new: string | null }[];
}

export type EarlierReport = Pick<DayReport, "id" | "attempt" | "ended_at" | "verdict" | "problems">;

export interface SignOff {
  name: string;
  note: string;
  at: string;
  /** The report that was looked at. */
  report: string;
  day: string;
}
