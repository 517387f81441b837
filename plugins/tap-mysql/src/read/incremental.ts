/**
 * Reads the rows at or after the bookmark in the order of the replication key. Rows equal to the bookmark are read again, for more of them
 * may have come. How rows that commit late are found is decided once, and said where there is no way; a range with an end is not
 * read again, so there is nothing to find.
 */
import { type Chunk, checkpoint, Lines, type ReadContext } from "@tapline/sdk";
import {
  advance,
  bookmarkText,
  incrementalState,
  type LateRows,
  lateRowsOf,
  lateRowsWarning,
  type ReadRange,
  readRange,
  stateAtEnd,
  streamName,
} from "@tapline/sql-tap";
import type { Config } from "../config.ts";
import type { MysqlColumn, MysqlTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";
import { quoteName, quoteText } from "../quote.ts";
import type { Snapshot } from "../snapshot.ts";
import { literal, numberText } from "./key-place.ts";
import { cellText } from "./row-lines.ts";
import { type RowPlace, TableRows } from "./table-rows.ts";

export async function* readIncremental(
  table: MysqlTable,
  context: ReadContext,
  { session, facts }: Snapshot,
  config: Config,
): AsyncGenerator<Chunk> {
  const rows = new TableRows(table, context, config);
  const column = cursorColumn(table, context);
  const range = readRange(column, config);
  const late = range?.to === undefined ? lateRows(column, facts, config) : none;
  if (late.kind === "none" && range?.to === undefined)
    context.log("warning", lateRowsWarning(streamName(table), column.name, late.why, "set a lookback"));
  const key = `t.${quoteName(column.name)}`;
  const start = bookmarkText(context.startValue);
  let bookmark = start;
  const at = context.columns.indexOf(column.name);
  const onLast = ({ bytes, start: from }: RowPlace): void => {
    bookmark = advance(bookmark, cellText(bytes, from, at), late.kind === "held" ? late.at : undefined);
  };
  const within = range === undefined ? [] : inRange(column, range);
  if (start === null) {
    // No bookmark would ever find them, and no range has them.
    if (column.isNullable && range === undefined) yield* rows.read(session, [`${key} IS NULL`]);
    yield* inOrder(rows.read(session, [`${key} IS NOT NULL`, ...within], `ORDER BY ${key}`, onLast));
  } else yield* inOrder(rows.read(session, [fromBookmark(column, start, late), ...within], `ORDER BY ${key}`, onLast));
  rows.report();
  yield checkpoint(range?.to === undefined ? incrementalState(column.name, bookmark) : stateAtEnd(column.name, utcText(range.to, column)));

  async function* inOrder(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    for await (const chunk of chunks) {
      yield chunk;
      if (chunk instanceof Lines && context.isStateDue()) yield checkpoint(incrementalState(column.name, bookmark));
    }
  }
}

const none: LateRows = { kind: "none", why: "" };

function inRange(column: MysqlColumn, { from, to }: ReadRange): string[] {
  const key = `t.${quoteName(column.name)}`;
  return [
    ...(from === undefined ? [] : [`${key} >= ${quoteText(utcText(from, column))}`]),
    ...(to === undefined ? [] : [`${key} < ${quoteText(utcText(to, column))}`]),
  ];
}

/** MariaDB reads no offset: the session is in UTC, and so must be an instant. */
function utcText(bound: string, { range }: Pick<MysqlColumn, "range">): string {
  const [, clock = bound, fraction = "", zone = ""] = /^([^.+]{19}|[^.+]{16})(\.\d+)?([+-]\d\d:?\d\d|[+-]\d\d)?$/.exec(bound) ?? [];
  if (range !== "instant" || zone === "") return bound;
  const full = zone.length === 3 ? `${zone}:00` : zone;
  const instant = new Date(`${clock.replace(" ", "T")}${clock.length === 16 ? ":00" : ""}${full}`);
  return `${instant.toISOString().slice(0, 19).replace("T", " ")}${fraction}`;
}

/** @throws cursor_unusable */
function cursorColumn(table: MysqlTable, { replicationKey = "" }: ReadContext): MysqlColumn {
  const column = table.columns.find(({ name }) => name === replicationKey) as MysqlColumn;
  if (column.cursor === undefined) throw errors.cursor_unusable({ column: column.name, type: column.typeName });
  return column;
}

/** The server shows no transaction ids of rows, so there is no scan. */
function lateRows({ cursor = "other" }: MysqlColumn, { oldest }: Snapshot["facts"], { late_rows = "auto", lookback }: Config): LateRows {
  return lateRowsOf({ setting: late_rows, lookback, cursor, oldest, tellsTransaction: false });
}

function fromBookmark(column: MysqlColumn, bookmark: string, late: LateRows): string {
  const key = `t.${quoteName(column.name)}`;
  const value = column.cursor === "number" ? numberText(bookmark) : literal(column, sourceTime(bookmark, column));
  if (late.kind !== "lookback") return `${key} >= ${value}`;
  return column.cursor === "number"
    ? `${key} >= ${value} - ${late.amount}`
    : `${key} >= CAST(${value} AS DATETIME(6)) - INTERVAL ${late.amount} SECOND`;
}

/** Bookmarks of other taps are times as JSON has them: 2024-01-01T00:00:00Z. */
function sourceTime(bookmark: string, { cursor }: MysqlColumn): string {
  const isTime = cursor === "time" || cursor === "server-time";
  return isTime ? bookmark.replace(/^(\d{4}-\d\d-\d\d)T/, "$1 ").replace(/(Z|\+00:?00)$/, "") : bookmark;
}
