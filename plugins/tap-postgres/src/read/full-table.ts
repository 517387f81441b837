/**
 * Reads a whole table, as a new version of it. A table with files is read in ranges of its blocks, so that a run can be resumed between
 * them and several connections can share them. A resumed run first reads the rows before its place that were written after the first snapshot.
 */
import { quoteText } from "@tapline/columns";
import type { Session } from "@tapline/postgres";
import { activate, type Chunk, checkpoint, type ReadContext, rowVersion, type StreamState } from "@tapline/sdk";
import { nextVersion } from "@tapline/sql-tap";
import type { Config } from "../config.ts";
import type { PostgresTable } from "../discover/tables.ts";
import type { Snapshot } from "../snapshot.ts";
import { filesOf } from "./files-of.ts";
import type { Place } from "./place.ts";
import { ownConditions, TableRows } from "./table-rows.ts";
import { readTogether } from "./together.ts";
import { isWrittenSince } from "./written-since.ts";

/** A read that has not come to its end: blocks before `next_block` were read in snapshots of which the first saw all before `oldest_xid`, with these columns. */
interface Progress {
  version: number;
  next_block: number;
  oldest_xid: string;
  files: string;
  columns: string[];
}

/** 32 MiB of the table between two STATEs. */
const blocksInRange = 4096;

export async function* readFullTable(
  table: PostgresTable,
  context: ReadContext,
  snapshot: Snapshot,
  config: Config,
  place: Place,
): AsyncGenerator<Chunk> {
  const { parallel = 1 } = config;
  const blocks = hasRanges(table, snapshot) ? await blockCount(snapshot.session, table) : undefined;
  const rows = new TableRows(table, context, config, filesOf(context, snapshot, blocks && blocks.count * blocks.bytes));
  const filter = ownConditions(table, config).join();
  const resumed = progressOf(place.state, table, filter, context.columns);
  const version = resumed?.version ?? nextVersion(place.state);
  yield rowVersion(version);
  if (blocks === undefined) yield* rows.read(snapshot.session, []);
  else {
    const oldest_xid = resumed?.oldest_xid ?? place.facts.oldestXid;
    const from = resumed?.next_block ?? 0;
    if (resumed !== undefined) {
      context.log("info", `resumes at block ${from}, with the rows before it that were written since the read began`);
      yield* rows.read(snapshot.session, [`t.ctid < ${tid(from)}`, isWrittenSince(oldest_xid)]);
    }
    const ranges = rangesOf(from, blocks.count);
    const sessions = parallel > 1 && ranges.length > 1 ? await snapshot.readers(Math.min(parallel, ranges.length)) : [snapshot.session];
    for (let at = 0; at < ranges.length; at += sessions.length) {
      const parts = sessions.flatMap((session, i) => {
        const range = ranges[at + i];
        return range === undefined ? [] : [rows.read(session, rangeConditions(range.start, range.end))];
      });
      yield* readTogether(parts);
      const next = ranges[at + sessions.length];
      if (next === undefined) continue;
      const progress: Progress = { version, next_block: next.start, oldest_xid, files: table.files, columns: [...context.columns] };
      place.state = { ...progress, ...(filter === "" ? {} : { filter }) };
      if (context.isStateDue()) yield checkpoint(place.state);
    }
  }
  rows.report();
  yield activate(version);
  yield checkpoint({ version });
}

/**
 * Only where the blocks are those of the same files and the conditions are the same: a table that was rewritten, or is on another server, is
 * read from its start.
 */
function progressOf(
  { version, next_block, oldest_xid, files, columns, filter = "" }: StreamState,
  table: PostgresTable,
  conditions: string,
  selected: readonly string[],
): Progress | undefined {
  // The rows before the place would lack columns that were selected since.
  if (filter !== conditions || JSON.stringify(columns) !== JSON.stringify(selected)) return undefined;
  if (typeof version !== "number" || typeof next_block !== "number" || typeof oldest_xid !== "string" || files !== table.files)
    return undefined;
  if (!/^\d+$/.test(oldest_xid)) return undefined;
  return { version, next_block, oldest_xid, files: table.files, columns: [...selected] };
}

/** Ranges of blocks are read without reading the others from PostgreSQL 14 on. */
function hasRanges({ kind }: PostgresTable, { facts }: Snapshot): boolean {
  return (kind === "r" || kind === "m") && facts.version >= 140_000;
}

/** `bytes`: of a block. */
async function blockCount({ execute }: Session, { oid }: PostgresTable): Promise<{ count: number; bytes: number }> {
  const { rows } = await execute(`SELECT pg_relation_size(${oid}), current_setting('block_size')`);
  const [size, bytes] = (rows[0] ?? []).map(Number) as [number, number];
  return { count: size / bytes, bytes };
}

/** The last range has no end: whatever the count was, it takes all that is left. */
function rangesOf(from: number, blocks: number): { start: number; end: number | undefined }[] {
  const ranges: { start: number; end: number | undefined }[] = [];
  for (let start = from; ranges.length === 0 || start < blocks; start += blocksInRange) {
    ranges.push({ start, end: start + blocksInRange < blocks ? start + blocksInRange : undefined });
  }
  return ranges;
}

function rangeConditions(start: number, end: number | undefined): string[] {
  return [...(start === 0 ? [] : [`t.ctid >= ${tid(start)}`]), ...(end === undefined ? [] : [`t.ctid < ${tid(end)}`])];
}

const tid = (block: number): string => `${quoteText(`(${block},0)`)}::tid`;
