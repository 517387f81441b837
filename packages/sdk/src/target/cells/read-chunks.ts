/**
 * The rows of a batch as cells where their lines have a shape that was learned, and as parsed rows elsewhere, in the order they arrived.
 * Both ways give the same rows.
 */
import { type Suspicion, suspect } from "@tapline/protocol";
import { decodeRows, isFull, newChunk, type Rest, type RowDecoding } from "../decode-rows.ts";
import type { Arrived } from "../line-batch.ts";
import type { CellChunk, RowChunk } from "./chunk.ts";
import { GrowingCells } from "./growing-cells.ts";
import { giveBack, takeStore } from "./store.ts";
import type { StreamCells } from "./stream-cells.ts";

/** After fewer rows of cells it is not worth looking for cells in the next lines: a chunk costs about as much as so many parsed rows. */
const worthwhileRows = 16;
/** So many lines are parsed at most before cells are looked for again. */
const mostParsedLines = 1024;

/** Lines may be anything. The search in a whole run is only worth it where many of its lines are parsed. */
const unknown: Suspicion = { exact: true, surrogates: true };

export function* readChunks(runs: readonly Arrived[], known: StreamCells, decoding: RowDecoding): Generator<RowChunk | CellChunk> {
  const batchedAt = runs[0]?.receivedAt ?? "";
  const store = takeStore();
  const cells = new GrowingCells(store, known, decoding, batchedAt);
  let rows = newChunk();
  /** How many of the next lines are parsed. */
  let left = 0;
  /** How many lines the last line that could not be read as cells made be parsed, and the rows of cells since. */
  let last = 0;
  let rowsSince = 0;

  const parse = (rest: Rest, receivedAt: string): void => {
    const { at, line } = rest;
    const accepted = rows.rows.length;
    decodeRows(rest, rows, decoding, { receivedAt, batchedAt }, left);
    if (left === last && rows.lines[accepted] === line) known.learn(rest.bytes, at, rest.bytes.indexOf(0x0a, at));
    left -= rest.line - line;
  };

  try {
    for (const { bytes, firstLine, receivedAt } of runs) {
      const rest: Rest = { bytes, suspicion: unknown, at: 0, line: firstLine };
      let found: Suspicion | undefined;
      while (rest.at < bytes.length) {
        if (left === 0) {
          const { count } = cells;
          cells.scan(rest, receivedAt);
          rowsSince += cells.count - count;
          if (rest.at === bytes.length && !cells.isFull) break;
          if (cells.count > 0) {
            yield cells.take();
            continue;
          }
          last = rowsSince >= worthwhileRows || last === 0 ? 1 : Math.min(last * 2, mostParsedLines);
          left = last;
          rowsSince = 0;
          if (left > worthwhileRows) found ??= suspect(bytes);
          rest.suspicion = found ?? unknown;
        }
        parse(rest, receivedAt);
        if (left > 0 && !isFull(rows)) continue;
        if (rows.rows.length > 0) yield rows;
        rows = newChunk();
      }
    }
    if (cells.count > 0) yield cells.take();
    if (rows.rows.length > 0) yield rows;
  } finally {
    giveBack(store);
  }
}
