/**
 * Reads the rows at or after the bookmark in the order of the replication key. Rows equal to the bookmark are read again, for more of them
 * may have come. How rows that commit late are found is decided once, and said where there is no way; a range with an end is not
 * read again, so there is nothing to find.
 */
import { quoteName, quoteText } from "@tapline/columns";
import { type Chunk, checkpoint, type ReadContext, type StreamState } from "@tapline/sdk";
import {
  advance,
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
import type { PostgresColumn, PostgresTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";
import type { Snapshot } from "../snapshot.ts";
import { filesOf } from "./files-of.ts";
import type { Place } from "./place.ts";
import { type Order, TableRows } from "./table-rows.ts";
import { isWrittenSince } from "./written-since.ts";

export async function* readIncremental(
  table: PostgresTable,
  context: ReadContext,
  snapshot: Snapshot,
  config: Config,
  place: Place,
): AsyncGenerator<Chunk> {
  const rows = new TableRows(table, context, config, filesOf(context, snapshot));
  const column = cursorColumn(table, context);
  const range = readRange(column, config);
  const late = range?.to === undefined ? lateRows(table, column, place, config) : none;
  if (late.kind === "none" && range?.to === undefined) context.log("warning", lateRowsWarning(streamName(table), column.name, late.why));
  const key = `t.${quoteName(column.name)}`;
  const start = place.bookmark;
  const order: Order = {
    column: column.name,
    onLast(value) {
      place.bookmark = advance(place.bookmark, value, late.kind === "held" ? late.at : undefined);
    },
  };
  // The transactions that this run does not see whole; a run that ends early keeps those of the run before.
  const before = context.state.oldest_xid;
  const state = (seen: StreamState): StreamState => incrementalState(column.name, place.bookmark, late.kind === "scan" ? seen : {});
  const within = range === undefined ? [] : inRange(column, range);
  if (start === null) {
    // No bookmark would ever find them, and no range has them.
    if (column.isNullable && range === undefined) yield* rows.read(snapshot.session, [`${key} IS NULL`]);
    yield* inOrder(rows.read(snapshot.session, [`${key} IS NOT NULL`, ...within], order));
  } else yield* inOrder(rows.read(snapshot.session, [fromBookmark(column, start, late, before), ...within], order));
  rows.report();
  yield checkpoint(range?.to === undefined ? state({ oldest_xid: place.facts.oldestXid }) : stateAtEnd(column.name, range.to));

  async function* inOrder(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    for await (const chunk of chunks) {
      yield chunk;
      // In a first run there is no older snapshot whose open transactions a resumed run could look for.
      if (context.isStateDue()) yield checkpoint(state({ oldest_xid: typeof before === "string" ? before : place.facts.oldestXid }));
    }
  }
}

const none: LateRows = { kind: "none", why: "" };

function inRange({ name, castName }: PostgresColumn, { from, to }: ReadRange): string[] {
  const key = `t.${quoteName(name)}`;
  return [
    ...(from === undefined ? [] : [`${key} >= ${quoteText(from)}::${castName}`]),
    ...(to === undefined ? [] : [`${key} < ${quoteText(to)}::${castName}`]),
  ];
}

/** @throws cursor_unusable */
function cursorColumn(table: PostgresTable, { replicationKey = "" }: ReadContext): PostgresColumn {
  const column = table.columns.find(({ name }) => name === replicationKey) as PostgresColumn;
  if (column.cursor === undefined) throw errors.cursor_unusable({ column: column.name, type: column.typeName });
  return column;
}

function lateRows(
  table: PostgresTable,
  { cursor = "other" }: PostgresColumn,
  { facts }: Place,
  { late_rows = "auto", lookback }: Config,
): LateRows {
  const tellsTransaction = table.kind === "r" || table.kind === "p" || table.kind === "m";
  return lateRowsOf({ setting: late_rows, lookback, cursor, oldest: facts.oldest, tellsTransaction });
}

/** Without a saved transaction id, such as after a change of the setting, the scan begins with this run. */
function fromBookmark({ name, cursor, castName }: PostgresColumn, bookmark: string, late: LateRows, oldestXid: unknown): string {
  const key = `t.${quoteName(name)}`;
  const value = `${quoteText(bookmark)}::${castName}`;
  if (late.kind === "lookback") {
    const back = cursor === "number" ? String(late.amount) : `interval '${late.amount} seconds'`;
    return `${key} >= ${value} - ${back}`;
  }
  const isLate = late.kind === "scan" && typeof oldestXid === "string" && /^\d+$/.test(oldestXid) ? ` OR ${isWrittenSince(oldestXid)}` : "";
  return `(${key} >= ${value}${isLate})`;
}
