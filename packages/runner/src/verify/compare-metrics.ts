/** Compares totals by group, and counts rows that refer to nothing, on both sides. */
import { compareDecimals, type DigestColumn, type MetricLine, type MetricsQuestion, parseDecimal } from "@tapline/protocol";
import type { MetricReport, TableReport } from "../model/verify-report.ts";
import type { VerifyMetric, VerifyReference } from "../model/verify-schema.ts";
import type { VerifySide } from "./ask-digest.ts";
import type { ColumnPair } from "./pair-columns.ts";
import { questionColumns } from "./pair-columns.ts";
import { shownValue } from "./shown-value.ts";
import { sideOf, type TablePair } from "./table-pair.ts";

/** Adds what it finds to the report. @throws SideFailed */
export async function compareMetrics(pair: TablePair, pairs: readonly ColumnPair[], report: TableReport): Promise<void> {
  const { metrics = [], references = [] } = pair.comparison;
  const [here, there] = await Promise.all([
    readMetrics(pair.sides.here, questionOf(pair, pairs, "here")),
    readMetrics(pair.sides.there, questionOf(pair, pairs, "there")),
  ]);
  const names = [...metrics.map(({ name }) => name), ...references.map(nameOfReference)];
  for (const name of names) {
    const own = metrics.find((metric) => metric.name === name);
    const groups = new Map<string, { group: MetricLine["group"]; here: string | null; there: string | null }>();
    for (const [side, lines] of [
      ["here", here],
      ["there", there],
    ] as const)
      for (const { metric, group, value } of lines)
        if (metric === name) {
          const id = JSON.stringify(group);
          groups.set(id, { ...(groups.get(id) ?? { group, here: null, there: null }), [side]: value });
        }
    for (const { group, here: one, there: other } of groups.values()) {
      const shown = (value: string | null) => shownMetric(value, own, pairs);
      const found: MetricReport = {
        name,
        group: group.map((value, index) => shownGroup(value, own?.by?.[index], pairs)),
        here: shown(one),
        there: shown(other),
        equal: isEqual(one, other, own?.tolerance ?? 0),
      };
      report.metrics.push(found);
    }
  }
}

const nameOfReference = ({ columns, to }: VerifyReference): string =>
  `${columns.join(", ")} without a row in ${typeof to === "string" ? to : (to.here ?? to.there)}`;

function questionOf(pair: TablePair, pairs: readonly ColumnPair[], side: "here" | "there"): MetricsQuestion {
  const { metrics = [], references = [], where, before, rename = {} } = pair.comparison;
  const condition = sideOf(where, side);
  const columnOf = (name: string): string => (side === "here" ? name : (rename[name] ?? name));
  const known = (name: string): DigestColumn | undefined => {
    const found = pairs.find(({ here }) => here.name === name);
    return found === undefined ? undefined : questionColumns([found], side)[0];
  };
  return {
    table: pair[side].table,
    ...(condition !== undefined && { where: condition }),
    ...(before !== undefined && { before: { ...before, column: columnOf(before.column) } }),
    metrics: metrics.map(({ name, sql, column, aggregate, by = [] }) => ({
      name,
      by: by.map((each) => known(each) ?? columnOf(each)),
      ...(column === undefined
        ? { sql: sideOf(sql, side) ?? "count(*)" }
        : { aggregate: aggregate ?? "sum", column: known(column) ?? { name: columnOf(column), kind: "decimal" as const } }),
    })),
    orphans: references.map((reference) => ({
      name: nameOfReference(reference),
      columns: reference.columns.map(columnOf),
      to: tableOf(sideOf(reference.to, side) ?? "", pair[side].table.schema),
      to_columns: [...reference.to_columns],
    })),
  };
}

function tableOf(text: string, schema: string | undefined): MetricsQuestion["table"] {
  const dot = text.indexOf(".");
  return dot < 0 ? { ...(schema !== undefined && { schema }), name: text } : { schema: text.slice(0, dot), name: text.slice(dot + 1) };
}

async function readMetrics(side: VerifySide, question: MetricsQuestion): Promise<MetricLine[]> {
  const lines: MetricLine[] = [];
  for await (const line of side.digest(question)) if (line.kind === "metric") lines.push(line.metric);
  return lines;
}

/** Numbers are equal whatever their zeros: 10.50 is 10.5. */
function isEqual(here: string | null, there: string | null, tolerance: number): boolean {
  if (here === there) return true;
  if (here === null || there === null || parseDecimal(here) === null || parseDecimal(there) === null) return false;
  return compareDecimals(here, there) === 0 || (tolerance > 0 && Math.abs(Number(here) - Number(there)) <= tolerance);
}

function shownMetric(value: string | null, metric: VerifyMetric | undefined, pairs: readonly ColumnPair[]): string | null {
  if (metric?.column === undefined || (metric.aggregate !== "min" && metric.aggregate !== "max")) return value;
  return shownGroup(value, metric.column, pairs);
}

function shownGroup(value: string | null, column: string | undefined, pairs: readonly ColumnPair[]): string | null {
  const pair = pairs.find(({ here }) => here.name === column);
  return pair === undefined ? value : shownValue(value, pair);
}
