/** Runs checks over the tables of a database: after a load, or in its transaction before the commit. A check that can't be run says why. */
import { type Check, type CheckFound, columnsOfCheck, describeAge, type FaultyRow, numberFound, TaplineError } from "@tapline/protocol";
import { type CheckedTable, faultsSql, measureSql, type SqlParts } from "../standard/checks.ts";

/** What checks need of a session that reads. */
export interface TableReader {
  /** Undefined where the stream has no table. `properties` are those that checks name. */
  table(stream: string, properties: readonly string[]): Promise<CheckedTable | undefined>;
  /** The rows of a query whose columns are all text. */
  texts(sql: string): Promise<(string | null)[][]>;
  /** Runs a person's query: how many rows it returns, and the first of them, by column. */
  faults(sql: string): Promise<{ count: number; first: Record<string, unknown>[] }>;
}

export interface RunChecksOptions {
  parts: SqlParts;
  /** In milliseconds. */
  now: number;
}

/** In the order of the checks. @throws errors of the connection */
export async function* runChecks(checks: readonly Check[], reader: TableReader, options: RunChecksOptions): AsyncGenerator<CheckFound> {
  for (const check of checks) {
    try {
      yield await runCheck(check, checks, reader, options);
    } catch (error) {
      if (!(error instanceof TaplineError) || error.class === "connection") throw error;
      yield { id: check.id, status: "not_run", first: [], reason: error.message };
    }
  }
}

async function runCheck(
  check: Check,
  checks: readonly Check[],
  reader: TableReader,
  { parts, now }: RunChecksOptions,
): Promise<CheckFound> {
  const { id } = check;
  const notRun = (reason: string): CheckFound => ({ id, status: "not_run", first: [], reason });
  if (check.rule === "sql") {
    const { count, first } = await reader.faults(check.sql);
    return { id, status: count === 0 ? "passed" : "failed", failed: count, first: first.map((row) => rowOfQuery(check, row)) };
  }
  const names = columnsOfCheck(check);
  const table = await reader.table(check.stream, namedIn(check.stream, checks));
  if (table === undefined) return notRun(`the stream ${JSON.stringify(check.stream)} has no table`);
  const missing = names.find((name) => !table.columns.has(name));
  if (missing !== undefined) return notRun(`the table has no column ${JSON.stringify(missing)}`);
  if (check.rule === "row_count" || check.rule === "sum" || check.rule === "freshness") {
    const [[measured = null] = []] = await reader.texts(measureSql(check, table, parts));
    return check.rule === "freshness" ? judgeAge(id, measured, check.max_age_seconds, now) : numberFound(id, measured ?? "0", check);
  }
  let other: CheckedTable | undefined;
  if (check.rule === "foreign_key") {
    other = await reader.table(check.to_stream, [check.to_column, ...namedIn(check.to_stream, checks)]);
    if (other === undefined) return notRun(`the stream ${JSON.stringify(check.to_stream)} has no table`);
    if (!other.columns.has(check.to_column))
      return notRun(`the table of ${JSON.stringify(check.to_stream)} has no column ${JSON.stringify(check.to_column)}`);
  }
  const keys = keysOf(check, table);
  const values = check.show_values ? names : [];
  const columnNames = [...keys.map(([, column]) => column), ...values.map((name) => table.columns.get(name) as string)];
  const sql = faultsSql(check, table, columnNames, parts, other);
  const [[rows = "0", failed = "0"] = []] = await reader.texts(sql.count);
  const first = Number(failed) === 0 ? [] : await reader.texts(sql.first);
  return {
    id,
    status: Number(failed) === 0 ? "passed" : "failed",
    rows: Number(rows),
    failed: Number(failed),
    first: first.map((cells) => ({
      ...(keys.length > 0 && { keys: Object.fromEntries(keys.map(([name], index) => [name, cells[index] ?? null])) }),
      ...(values.length > 0 && { values: Object.fromEntries(values.map((name, index) => [name, cells[keys.length + index] ?? null])) }),
    })),
  };
}

/** All that the checks name of a stream, so that columns get the names that they have together. */
function namedIn(stream: string, checks: readonly Check[]): string[] {
  const own = checks.filter((check) => check.stream === stream && check.rule !== "sql");
  const referred = checks.flatMap((check) => (check.rule === "foreign_key" && check.to_stream === stream ? [check.to_column] : []));
  return [...new Set([...own.flatMap((check) => [...check.keys, ...columnsOfCheck(check)]), ...referred])];
}

/** Properties and their columns. */
function keysOf({ keys }: Check, table: CheckedTable): [name: string, column: string][] {
  const named = keys.flatMap((key): [string, string][] => (table.columns.has(key) ? [[key, table.columns.get(key) as string]] : []));
  return named.length > 0 ? named : table.keys.map((column) => [column, column]);
}

function rowOfQuery({ keys: names, show_values: showsValues }: Check, row: Record<string, unknown>): FaultyRow {
  const keys = Object.fromEntries(names.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]));
  return { ...(Object.keys(keys).length > 0 && { keys }), ...(showsValues && { values: row }) };
}

function judgeAge(id: string, newest: string | null, most: number, now: number): CheckFound {
  if (newest === null) return { id, status: "failed", found: "no value", first: [] };
  const [, date, time = "00:00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d+)?) ?(Z|[+-]\d\d(?::?\d\d)?)?)?/.exec(newest) ?? [];
  const instant = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${/^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone}`);
  if (Number.isNaN(instant))
    return { id, status: "not_run", first: [], reason: `${JSON.stringify(newest.slice(0, 40))} is no date or time` };
  const age = (now - instant) / 1000;
  return { id, status: age > most ? "failed" : "passed", found: describeAge(Math.max(age, 0)), first: [] };
}
