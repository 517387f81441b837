/** What a day's comparison found, as the store keeps it and JSON shows it. Names are those of the wire. */
import type { TableReport } from "../model/verify-report.ts";

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
  /** The old side is `here`, the new one `there`. */
  tables: TableReport[];
  /** One sentence for each thing that is wrong; [] where it is clean. */
  problems: string[];
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

/** One sentence for each thing that is wrong with a table; [] where both sides are equal. */
export function problemsOf({ here, there, verdict, rows, failure, ...found }: TableReport): string[] {
  if (verdict === "equal") return [];
  if (failure !== undefined) return [`${here.table} and ${there.table} could not be compared: ${failure.message}`];
  const count = (number: number): string => `${number} ${number === 1 ? "row" : "rows"}`;
  const columns = found.columns.filter(({ differing }) => differing > 0).map((column) => column.here);
  const one = found.differing === 1;
  return [
    ...found.findings.filter(({ level }) => level === "difference").map(({ message }) => message),
    ...(rows.here === rows.there ? [] : [`${count(rows.here)} old, ${rows.there} new`]),
    ...(found.only_here === 0 ? [] : [`${count(found.only_here)} only old`]),
    ...(found.only_there === 0 ? [] : [`${count(found.only_there)} only new`]),
    ...(found.differing === 0
      ? []
      : [`${count(found.differing)} ${one ? "differs" : "differ"}${columns.length === 0 ? "" : ` in ${columns.join(", ")}`}`]),
    ...found.metrics
      .filter(({ equal }) => !equal)
      .slice(0, 3)
      .map(
        ({ name, group, here: old, there: fresh }) =>
          `${name}${group.length === 0 ? "" : ` of ${group.map((cell) => cell ?? "NULL").join(", ")}`} is ${old ?? "none"} old and ${fresh ?? "none"} new`,
      ),
  ].map((text) => `${there.table}: ${text}`);
}
