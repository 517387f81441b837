/**
 * Compares one table of a parallel run on both sides: its columns, keys, rows, values and totals. Both sides are schemas of one database, so
 * the database joins them itself, and only what differs leaves it.
 */
import type { ParallelTable } from "../model/parallel-run-schema.ts";
import { columnsOf, rowsOf, type SideQuery } from "./ask-side.ts";
import { compareMetric } from "./compare-metric.ts";
import type { TableReport } from "./report.ts";
import type { DayOptions } from "./run-day.ts";
import { differencesQuery, examplesQuery, keysQuery, quoted, type TableSql } from "./table-sql.ts";

interface TableOptions extends DayOptions {
  table: string;
  settings: ParallelTable;
}

/** How many keys of rows that differ are kept. */
const mostExamples = 30;

/** What goes wrong with one table is its problem, so that the others are compared all the same. */
export async function compareTable(options: TableOptions): Promise<TableReport> {
  const { run, table, settings } = options;
  const [old, fresh] = [`${run.old.schema}.${settings.old ?? table}`, `${run.new.schema}.${table}`];
  const report: TableReport = {
    ...{ table, old, new: fresh, verdict: "failed", old_rows: null, new_rows: null },
    ...{ only_old: 0, only_new: 0, differing: 0, columns: [], examples: [], metrics: [], problems: [] },
  };
  const failed = (problem: string): TableReport => ({ ...report, problems: [...report.problems, problem] });
  if (run.old.target !== run.new.target) return failed(`its sides are in two databases, ${run.old.target} and ${run.new.target}`);
  const side: SideQuery = { ...options, target: run.new.target };
  const [oldSql, newSql] = [quoted(run.old.schema, settings.old ?? table), quoted(run.new.schema, table)];
  const [oldColumns, newColumns] = [await columnsOf(side, oldSql), await columnsOf(side, newSql)];
  for (const [name, columns] of [
    [old, oldColumns],
    [fresh, newColumns],
  ] as const)
    if ("failure" in columns) return failed(`${name} can't be read: ${columns.failure.message}`);
  if ("failure" in oldColumns || "failure" in newColumns) return report;
  const excluded = settings.exclude ?? [];
  const both = oldColumns.filter((name) => newColumns.includes(name) && !excluded.includes(name));
  const missing = (from: readonly string[], to: readonly string[]): string[] =>
    from.filter((name) => !to.includes(name) && !excluded.includes(name));
  for (const name of missing(oldColumns, newColumns)) report.problems.push(`the column ${name} is only in ${old}`);
  for (const name of missing(newColumns, oldColumns)) report.problems.push(`the column ${name} is only in ${fresh}`);
  const keys = settings.keys ?? [];
  const unknown = [...keys, ...Object.keys(settings.tolerances ?? {})].find((name) => !both.includes(name));
  if (unknown !== undefined) return failed(`there is no column ${unknown} on both sides: correct its keys or tolerances in tapline.yml`);
  const sql: TableSql = {
    old: oldSql,
    new: newSql,
    keys,
    values: both.filter((name) => !keys.includes(name)),
    tolerances: settings.tolerances ?? {},
  };
  return (await compareRows(side, sql, report)) ?? (await finish(side, sql, options, report));
}

/** Fills in what the rows show. @returns the report where it ends here, because the table can't be compared */
async function compareRows(side: SideQuery, sql: TableSql, report: TableReport): Promise<TableReport | undefined> {
  const keys = await rowsOf(side, keysQuery(sql));
  if ("failure" in keys) return { ...report, problems: [...report.problems, keys.failure.message] };
  const [oldRows = 0, oldBad = 0, newRows = 0, newBad = 0] = (keys.rows[0] ?? []).map(Number);
  report.old_rows = oldRows;
  report.new_rows = newRows;
  for (const [name, bad] of [
    [report.old, oldBad],
    [report.new, newBad],
  ] as const)
    if (bad > 0) report.problems.push(`${bad} keys of ${name} are NULL or there more than once, so its rows can't be told apart`);
  if (oldBad + newBad > 0) return report;
  const found = await rowsOf(side, differencesQuery(sql));
  if ("failure" in found) return { ...report, problems: [...report.problems, found.failure.message] };
  const [onlyOld = 0, onlyNew = 0, differing = 0, ...byColumn] = (found.rows[0] ?? []).map((cell) => Number(cell ?? 0));
  Object.assign(report, { only_old: onlyOld, only_new: onlyNew, differing });
  report.columns = sql.values.map((name, index) => ({ name, rows: byColumn[index] ?? 0 })).filter(({ rows }) => rows > 0);
  return undefined;
}

async function finish(side: SideQuery, sql: TableSql, { settings }: TableOptions, report: TableReport): Promise<TableReport> {
  if (report.only_old + report.only_new + report.differing > 0 && sql.keys.length > 0) {
    const found = await rowsOf(side, examplesQuery(sql), mostExamples);
    if (!("failure" in found))
      report.examples = found.rows.map(([what, ...cells]) => {
        const key = Object.fromEntries(sql.keys.map((name, index) => [name, cells[index] ?? null]));
        const columns = sql.values.filter((_, index) => cells[sql.keys.length + index] === "true");
        return { what: what as "differing", key, ...(what === "differing" && { columns }) };
      });
  }
  for (const metric of settings.metrics ?? []) {
    const found = await compareMetric(side, metric, { old: sql.old, new: sql.new });
    if ("failure" in found) return { ...report, problems: [...report.problems, `${metric.value}: ${found.failure.message}`] };
    report.metrics.push(found);
  }
  const { old_rows: before, new_rows: after, problems, metrics } = report;
  const isSame =
    before === after &&
    report.only_old + report.only_new + report.differing === 0 &&
    problems.length === 0 &&
    metrics.every((each) => each.different.length === 0);
  return { ...report, verdict: isSame ? "clean" : "different" };
}
