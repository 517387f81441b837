/**
 * Reads the rows at or after the bookmark. Rows equal to it are read again, for more of them may have come. A table is read in ranges of
 * the replication key, whose borders come from a sample, so that a run that was stopped goes on at a border, whatever changed since, and
 * nothing has to be sorted.
 *
 * No row commits late: DuckDB lets nobody read a file while a process writes it, so there is no open transaction.
 */
import { quoteText } from "@tapline/columns";
import { type Chunk, checkpoint, type ReadContext } from "@tapline/sdk";
import { bookmarkText, incrementalState, readRange, stateAtEnd, tableName } from "@tapline/sql-tap";
import type { Database } from "../database.ts";
import type { DuckColumn, DuckTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";
import { asText, call } from "../wire/json-text.ts";
import { columnOf } from "./line-sql.ts";
import { linesOfTable } from "./lines-of-table.ts";
import { linesOf, TableLines } from "./table-lines.ts";
import type { TableReading } from "./table-reading.ts";

export async function* readIncremental({ table, context, database, file, settings }: TableReading): AsyncGenerator<Chunk> {
  const rows = new TableLines(linesOfTable(table, context), context, database);
  const column = cursorColumn(table, context);
  const range = readRange(column, settings);
  const key = columnOf(column.name);
  const start = bookmarkText(context.startValue);
  // A range with an end is read once, so there is nothing to look back for.
  const lookback = range?.to === undefined ? settings.lookback : undefined;
  const bookmark = start === null ? undefined : await startOf(column, start, lookback, database);
  const from = [...(bookmark === undefined ? [] : [bookmark]), ...(range?.from === undefined ? [] : [literal(column, range.from)])];
  const lows = from.map((value) => `${key} >= ${value}`);
  const ends = range?.to === undefined ? [] : [`${key} < ${literal(column, range.to)}`];
  const all = [...lows, ...ends];
  const change = await rows.look(all.length === 0 ? "" : `WHERE ${all.join(" AND ")}`);
  if (change !== undefined) yield change;
  // A value without an end as the bookmark would end all reading.
  const ended = `FROM ${table.source} AS t WHERE ${[...all, ...finiteOnly(column, key)].join(" AND ") || "true"}`;
  const last = call("max", key);
  // The rows of a lookback are before the bookmark, which never goes back.
  const later = start === null ? last : call("greatest", last, literal(column, start));
  const [[end] = []] = await database.query(`SELECT ${asText(later)} ${ended}`, tableName(table));
  const borders = table.isView
    ? []
    : await bordersOf(
        { key, from: ended, after: start === null ? undefined : literal(column, start), rowBytes: await rows.usualBytes() },
        database,
      );
  // No bookmark would ever find them, and no range has them.
  if (all.length === 0 && column.isNullable) yield* linesOf(rows.read(`WHERE ${key} IS NULL`));
  for (let i = 0; i <= borders.length; i++) {
    const high = borders[i];
    const conditions = [
      ...(i === 0 ? lows : [`${key} >= ${literal(column, borders[i - 1] as string)}`]),
      ...(high === undefined ? ends : [`${key} < ${literal(column, high)}`]),
    ];
    yield* linesOf(rows.read(`WHERE ${conditions.length === 0 ? `${key} IS NOT NULL` : conditions.join(" AND ")}`));
    await file.expectUnchanged(context);
    if (high !== undefined && context.isStateDue()) yield checkpoint(incrementalState(column.name, high));
  }
  if (range?.to !== undefined) yield checkpoint(stateAtEnd(column.name, range.to));
  else yield checkpoint(incrementalState(column.name, typeof end === "string" ? end : start));
}

/** @throws cursor_unusable */
function cursorColumn(table: DuckTable, { replicationKey = "" }: ReadContext): DuckColumn {
  const column = table.columns.find(({ name }) => name === replicationKey) as DuckColumn;
  if (column.cursor === undefined) throw errors.cursor_unusable({ column: column.name, type: column.typeName });
  return column;
}

const literal = ({ typeName }: DuckColumn, text: string): string => `CAST(${quoteText(text)} AS ${typeName})`;

/** The first value that is read. A bookmark that the column can't have is found here. @throws bookmark_refused */
async function startOf(column: DuckColumn, start: string, lookback: number | undefined, { query }: Database): Promise<string> {
  const value = literal(column, start);
  await query(`SELECT ${value}`).catch((error: unknown) => {
    throw errors.bookmark_refused({ value: start, column: column.name, type: column.typeName }, {}, error);
  });
  if (lookback === undefined || lookback === 0 || column.cursor === "other") return value;
  if (column.cursor === "number") return `${value} - ${lookback}`;
  return column.typeName === "DATE" ? `${value} - ${lookback}` : `${value} - INTERVAL ${lookback} SECOND`;
}

/** Conditions under which a value may be a bookmark. */
function finiteOnly({ cursor, typeName }: DuckColumn, key: string): string[] {
  return cursor === "time" || typeName === "DOUBLE" || typeName === "FLOAT" ? [call("isfinite", key)] : [];
}

const sampleRows = 20_000;
const rowsInRange = 50_000;
const mostRanges = 200;
const bytesInRange = 4 << 20;

/** Values between ranges, in order; none where all is one range. `after`: the bookmark, which no border is before. */
async function bordersOf(
  { key, from, after, rowBytes }: { key: string; from: string; after: string | undefined; rowBytes: number },
  { query }: Database,
): Promise<string[]> {
  const [[count] = []] = await query(`SELECT ${call("count", "1")} ${from}`);
  const total = Number(count);
  const rows = Math.max(1, Math.min(rowsInRange, Math.floor(bytesInRange / rowBytes)));
  const ranges = Math.min(mostRanges, Math.ceil(total / rows));
  if (ranges < 2) return [];
  const known = after === undefined ? "" : ` AND ${key} > ${after}`;
  const sample = `SELECT v FROM (SELECT ${key} AS v ${from}${known}) USING SAMPLE reservoir(${sampleRows} ROWS) REPEATABLE (1)`;
  const picked = await query(`
    SELECT DISTINCT v, CAST(v AS VARCHAR) FROM (SELECT v, row_number() OVER (ORDER BY v) AS n, count(*) OVER () AS total FROM (${sample}))
    WHERE n * ${ranges} // total <> (n - 1) * ${ranges} // total ORDER BY v`);
  return picked.map(([, text]) => String(text));
}
