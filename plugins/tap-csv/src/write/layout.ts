/**
 * The parts that all RECORD lines of a file share (head of the message, column names, values that are the same in every row), prepared
 * once as bytes, so that writing a row is only copying.
 */
import type { ReadContext } from "@tapline/sdk";
import type { ColumnType } from "../types/column-type.ts";
import { type CellEncoder, cellEncoder } from "./encode.ts";
import { type SourceFile, sourceColumns } from "./source-columns.ts";

/** A value that differs from row to row: a cell, or the line number when `cell` is -1. */
export interface Slot {
  name: string;
  cell: number;
  type: ColumnType;
  encode: CellEncoder;
}

export interface Layout {
  slots: readonly Slot[];
  /** The pieces before each value, then the piece after the last one, as words of eight bytes: they are written several times as fast as bytes. */
  words: BigUint64Array;
  wordEnds: Int32Array;
  /** The length of each piece in bytes. Its last word may be longer; what is written next overwrites the rest. */
  lengths: Int32Array;
}

/** The byte order of typed arrays on this machine. */
export const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** `typeOf`: returns the type of a column in this file. */
export function layOut(file: SourceFile, { columns, head, tail }: LineParts, typeOf: (column: string) => ColumnType): Layout {
  const sources = sourceColumns(file);
  const slots: Slot[] = [];
  const pieces: Uint8Array[] = [];
  let text = "{";
  for (const [i, name] of columns.entries()) {
    text += `${i === 0 ? "" : ","}${JSON.stringify(name)}:`;
    const source = sources(name);
    if (typeof source === "string") text += source;
    else {
      pieces.push(Buffer.from(text));
      const type = typeOf(name);
      slots.push({ name, cell: source, type, encode: cellEncoder(type) });
      text = "";
    }
  }
  pieces.push(Buffer.concat([Buffer.from(`${text}}`), tail()]));
  pieces[0] = Buffer.concat([head, pieces[0] as Uint8Array]);
  return { slots, ...inWords(pieces) };
}

/** Replaces the tail with a later one of the same length. */
export function setTail({ words, wordEnds, lengths }: Layout, tail: Uint8Array): void {
  const last = lengths.length - 1;
  const start = last === 0 ? 0 : 8 * (wordEnds[last - 1] as number);
  new Uint8Array(words.buffer).set(tail, start + (lengths[last] as number) - tail.length);
}

type LineParts = Pick<ReadContext, "columns" | "head" | "tail">;

function inWords(pieces: readonly Uint8Array[]): Pick<Layout, "words" | "wordEnds" | "lengths"> {
  let count = 0;
  const wordEnds = Int32Array.from(pieces, (piece) => (count += Math.ceil(piece.length / 8)));
  const words = new BigUint64Array(count);
  const bytes = new Uint8Array(words.buffer);
  for (const [i, piece] of pieces.entries()) bytes.set(piece, 8 * (i === 0 ? 0 : (wordEnds[i - 1] as number)));
  return { words, wordEnds, lengths: Int32Array.from(pieces, (piece) => piece.length) };
}
