/** Checks and what they found, in words for people. Pure. */
import { formatNumber } from "../format-number.ts";
import type { Check, CheckFound, FaultyRow } from "./checks.ts";

/** What a check found, and what it is about. */
export interface DescribedCheck extends CheckFound {
  stream: string;
  rule: string;
  /** What must hold: "Customer is not null". */
  expected: string;
}

/** "invoices: Customer is not null: 3 of 120 rows break it; the first: key Invoice=7; a.csv, line 12". Alerts have no values, though the check shows them. */
export function describeCheckResult(
  { id, stream, rule, status, expected, rows, failed, found, first, reason }: DescribedCheck,
  { withValues = false } = {},
): string {
  const of = rule === "sql" ? `${id}` : `${stream}: ${expected}`;
  if (status === "not_run") return `${of}: the check was not run: ${reason ?? "its rows never came"}`;
  if (found !== undefined) return `${of}: ${status === "passed" ? "it is" : "but it is"} ${found}`;
  const count = formatNumber(failed ?? 0);
  if (status === "passed" && rows === 0) return `${of}: no row came`;
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

/** What must hold, after the name of the stream: "Customer is not null". */
export function describeRule(check: Check): string {
  switch (check.rule) {
    case "not_null":
      return `${check.column} is not null`;
    case "accepted_values":
      return `${check.column} is one of ${check.values.map(String).join(", ")}`;
    case "range":
      return `${check.column} is ${describeLimits(check)}`;
    case "matches":
      return `${check.column} matches ${check.pattern}`;
    case "unique":
      return `${check.columns.join(", ")} ${check.columns.length === 1 ? "is" : "together are"} unique`;
    case "row_count":
      return `the number of ${check.of === "run" ? "loaded rows" : "rows"} is ${describeLimits(check)}`;
    case "freshness":
      return `the newest ${check.column} is at most ${describeAge(check.max_age_seconds)} old`;
    case "sum":
      return `the sum of ${check.column} is ${describeLimits(check)}`;
    case "foreign_key":
      return `${check.column} is in ${check.to_stream}.${check.to_column}`;
    case "sql":
      return "the query returns no row";
  }
}

function describeLimits({ min, max }: { min?: number | string; max?: number | string }): string {
  if (min !== undefined && max !== undefined) return min === max ? String(min) : `${min} to ${max}`;
  return min !== undefined ? `at least ${min}` : `at most ${max}`;
}

/** "26 h", "90 s" */
export function describeAge(seconds: number): string {
  const whole = Math.round(seconds);
  const [unit, size] = (
    [
      ["d", 86_400],
      ["h", 3600],
      ["min", 60],
    ] as const
  ).find(([, each]) => whole >= 2 * each || (whole >= each && whole % each === 0)) ?? ["s", 1];
  return `${formatNumber(Math.round((whole / size) * 10) / 10)} ${unit}`;
}

/** "key Invoice Number=7, Line=1; file a.csv, line 12". "" where nothing is known of the row. */
export function describeFaultyRow({ keys = {}, file, line, values = {} }: FaultyRow): string {
  const list = (of: Record<string, unknown>): string =>
    Object.entries(of)
      .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", ");
  const parts = [
    ...(Object.keys(keys).length === 0 ? [] : [`key ${list(keys)}`]),
    ...(Object.keys(values).length === 0 ? [] : [`value ${list(values)}`]),
    ...(line === undefined ? [] : [file === undefined ? `line ${line} of the input` : `${file}, line ${line}`]),
  ];
  return parts.join("; ");
}
