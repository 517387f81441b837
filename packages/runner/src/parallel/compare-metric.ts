/** Compares a total on both sides, by group. Numbers are compared as decimals with all their digits. */
import { compareDecimals, parseDecimal } from "@tapline/protocol";
import type { Failure } from "../model/failure.ts";
import type { Metric } from "../model/parallel-run-schema.ts";
import { rowsOf, type SideQuery } from "./ask-side.ts";
import type { MetricReport } from "./report.ts";
import { quote } from "./table-sql.ts";

export async function compareMetric(
  side: SideQuery,
  metric: Metric,
  tables: { old: string; new: string },
): Promise<MetricReport | { failure: Failure }> {
  const { value, by = [], tolerance = 0 } = metric;
  const groups = by.map(quote);
  const sql = (table: string): string =>
    `SELECT ${[...groups.map((group) => `CAST(${group} AS varchar)`), `(${value})`].join(", ")} FROM ${table}${groups.length === 0 ? "" : ` GROUP BY ${groups.join(", ")}`}`;
  const [old, fresh] = [await rowsOf(side, sql(tables.old)), await rowsOf(side, sql(tables.new))];
  if ("failure" in old) return old;
  if ("failure" in fresh) return fresh;
  const [before, after] = [byGroup(old.rows), byGroup(fresh.rows)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const different = names
    .map((group) => ({ group: groupText(group, by), old: before.get(group) ?? null, new: after.get(group) ?? null }))
    .filter(
      (each, index) => before.has(names[index] as string) !== after.has(names[index] as string) || !isNear(each.old, each.new, tolerance),
    );
  return { name: `${value}${by.length === 0 ? "" : ` by ${by.join(", ")}`}`, groups: names.length, different };
}

function byGroup(rows: readonly (readonly (string | null)[])[]): Map<string, string | null> {
  return new Map(rows.map((row) => [JSON.stringify(row.slice(0, -1)), row.at(-1) ?? null]));
}

function groupText(group: string, by: readonly string[]): string {
  const cells = JSON.parse(group) as (string | null)[];
  return by.map((name, index) => `${name}=${cells[index] ?? "NULL"}`).join(" ");
}

/** Values that are no numbers must be the same text. */
function isNear(old: string | null, fresh: string | null, tolerance: number): boolean {
  if (old === fresh) return true;
  if (old === null || fresh === null) return false;
  if (parseDecimal(old) === undefined || parseDecimal(fresh) === undefined) return false;
  if (compareDecimals(old, fresh) === 0) return true;
  return tolerance > 0 && Math.abs(Number(old) - Number(fresh)) <= tolerance;
}
