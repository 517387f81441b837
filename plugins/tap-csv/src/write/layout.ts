/**
 * What all lines of one file share (the message's head, the column names, values that the whole file has in common), laid out
 * once as bytes between the values, so that a row is copying and nothing else.
 */
import type { ReadContext } from "@tapline/sdk";
import type { ColumnType } from "../types/column-type.ts";
import { type CellEncoder, cellEncoder } from "./encode.ts";
import { type SourceFile, sourceColumns } from "./source-columns.ts";

/** A value that differs from row to row: a cell, or the line number where `cell` is -1. */
export interface Slot {
  name: string;
  cell: number;
  type: ColumnType;
  encode: CellEncoder;
}

export interface Layout {
  slots: readonly Slot[];
  /** What stands before value i and, last, behind all values: in words of eight bytes, for they are written several times as fast as bytes. */
  words: BigUint64Array;
  wordEnds: Int32Array;
  /** Bytes of each piece; its last word may reach beyond them, into what is written next. */
  lengths: Int32Array;
}

/** As typed arrays have their words on this machine. */
export const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** `typeOf`: the type that a column has in this file. */
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

/** Puts a later tail of the same length in the place of the first one. */
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
