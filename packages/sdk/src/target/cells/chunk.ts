/** The two forms in which a target gets rows: as objects, or as cells, which are positions in the bytes of their lines. */
import type { Row } from "@tapline/protocol";

export interface RowChunk {
  readonly rows: Row[];
  /** Input line number of rows[i] at lines[i]; for messages. */
  readonly lines: readonly number[];
  /**
   * For rows of RECORDs with `unchanged`: the properties that the row of the key keeps. Undefined where the chunk has none; never there
   * for appended streams, and only for targets with the capability `partial-records`.
   */
  readonly unchanged?: ReadonlyMap<Row, readonly string[]> | undefined;
}

/**
 * What a cell holds. `text` has no escapes, `escaped` has valid ones, none of U+0000. `parsed` is any other value: an object, a list, a
 * number of more than 15 digits, with an exponent or below zero without being less than it. From `number` on it is a number of at most
 * 15 digits, `kind - number` of them after the point.
 */
export const cellKind = { absent: 0, null: 1, false: 2, true: 3, text: 4, escaped: 5, parsed: 6, number: 16 } as const;

/** More than any kind. */
export const kindsEnd = 32;

/** Rows of a chunk whose lines are in one buffer. */
export interface CellSegment {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** The chunk's rows from here, and before `end`. */
  readonly from: number;
  readonly end: number;
  /** Where their lines start in `bytes`, and the input line number of the first one. */
  readonly at: number;
  readonly firstLine: number;
  /** When they were received, RFC 3339. */
  readonly receivedAt: string;
}

/** Where the values of one field or metadata column are. */
export type CellSource =
  /** Cells from this index on. */
  | { cells: number }
  /** The same value for all rows of a segment. */
  | { repeated: readonly unknown[] }
  /** For row i this number plus i. */
  | { first: number };

/**
 * Checked rows of one stream in the order they arrived, without objects. It is valid until the next chunk is asked for. Strings: bytes
 * [starts[i], ends[i]) of their row's segment, without quotes. Numbers: numbers[i] divided by ten to the power of `kind - number`, and
 * their spelling by position.
 */
export interface CellChunk {
  readonly count: number;
  readonly segments: readonly CellSegment[];
  /** The records' fields; not all rows have all. The same list as long as no other field occurs. */
  readonly fields: readonly string[];
  /** By cell: its field's `cells`, plus the row. */
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly numbers: Float64Array;
  /** Undefined where the rows have no such field or metadata column. */
  sourceOf(name: string): CellSource | undefined;
  /** The value that the row would have. Undefined where it is absent. */
  valueAt(cell: number, segment: CellSegment): unknown;
  /** The same rows as objects. */
  toRows(): RowChunk;
}

/**
 * Whether a chunk of `RowBatch.chunks` is in cells.
 * @example for (const chunk of batch.chunks?.() ?? batch.rows()) append(isCells(chunk) ? chunk.toRows() : chunk);
 */
export function isCells(chunk: RowChunk | CellChunk): chunk is CellChunk {
  return "kinds" in chunk;
}
