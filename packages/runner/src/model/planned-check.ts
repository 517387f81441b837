/** A check of a step, and what it found. */
import { type Check, type CheckFound, columnsOfCheck, describeFaultyRow, describeRule, formatNumber } from "@tapline/protocol";
import type { FilePosition } from "./project.ts";

export interface PlannedCheck {
  check: Check;
  /** Before rows are loaded, or after: in the tables. */
  when: "before" | "after";
  /** For `row_count`: the rows that the run loaded are counted, not those of the table. */
  ofRun: boolean;
  /** For `row_count`: how far it may be from the mean of so many runs before. */
  earlier: { runs: number; change: number } | undefined;
  position: FilePosition;
}

/** What a check found, with what it is about: in results, in the history, and in what `--json` prints. */
export interface CheckResult extends CheckFound {
  stream: string;
  rule: string;
  columns: readonly string[];
  when: "before" | "after";
  on_fail: "warn" | "stop";
  /** What must hold: "Customer is not null". */
  expected: string;
}

export function checkResult({ check, when }: PlannedCheck, found: CheckFound): CheckResult {
  const { stream, rule, on_fail } = check;
  return { ...found, stream, rule, columns: columnsOfCheck(check), when, on_fail, expected: describeRule(check) };
}

/** Whether a person must hear of it. A check that was not run is no success. */
export function isFault({ status }: CheckResult): boolean {
  return status !== "passed";
}

/** "invoices: Customer is not null: 3 of 120 rows break it; the first: key Invoice=7; a.csv, line 12". Alerts have no values, though the check shows them. */
export function describeCheckResult(
  { id, stream, rule, status, expected, rows, failed, found, first, reason }: CheckResult,
  { withValues = false } = {},
): string {
  const of = rule === "sql" ? `${id}` : `${stream}: ${expected}`;
  if (status === "not_run") return `${of}: the check was not run: ${reason ?? "its rows never came"}`;
  if (found !== undefined) return `${of}: ${status === "passed" ? "it is" : "but it is"} ${found}`;
  const count = formatNumber(failed ?? 0);
  if (status === "passed")
    return `${of}: ${rows === undefined ? "passed" : `${formatNumber(rows)} ${rows === 1 ? "row" : "rows"} looked at`}`;
  const [{ values = {}, ...row } = {}] = first;
  const place = describeFaultyRow(withValues ? { ...row, values } : row);
  const some =
    rows === undefined
      ? `${count} ${failed === 1 ? "row" : "rows"}`
      : `${count} of ${formatNumber(rows)} rows ${failed === 1 ? "breaks" : "break"} it`;
  return `${of}: ${some}${place === "" ? "" : `; ${failed === 1 ? "" : "the first: "}${place}`}`;
}
