/** Writes the rows of a file as RECORD lines, one by one: those that the transcriber leaves. */
import type { Tokenizer } from "../rows/tokenizer.ts";
import { escapedGrowth } from "./escape.ts";
import { isLittleEndian, type Layout, type Slot } from "./layout.ts";
import type { LineBuffer } from "./line-buffer.ts";

/** Nearly all rows are at most this long; for these the maximum is reserved without checking their bytes. */
export const shortRowBytes = 32 * 1024;

export class RecordWriter {
  readonly #layout: Layout;
  readonly #lines: LineBuffer;

  constructor(layout: Layout, lines: LineBuffer) {
    this.#layout = layout;
    this.#lines = lines;
  }

  /** Adds the tokenizer's row. If a cell does not fit its type, it adds nothing and returns the slot of that cell. */
  write(row: Tokenizer): Slot | undefined {
    const lines = this.#lines;
    this.#makeRoom(row);
    const { slots, words, wordEnds, lengths } = this.#layout;
    const { bytes: out, view } = lines;
    const { bytes, starts, ends, flags } = row;
    let at = lines.at;
    let next = 0;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as Slot;
      const value = at + (lengths[i] as number);
      for (const end = wordEnds[i] as number; next < end; next++, at += 8) view.setBigUint64(at, words[next] as bigint, isLittleEndian);
      at = value;
      const cell = slot.cell;
      if (cell < 0) at = writeNatural(row.line, out, at);
      else {
        const after = slot.encode(bytes, starts[cell] as number, ends[cell] as number, flags[cell] as number, out, at);
        if (after < 0) return slot;
        at = after;
      }
    }
    const lineEnd = at + (lengths[slots.length] as number);
    for (; next < words.length; next++, at += 8) view.setBigUint64(at, words[next] as bigint, isLittleEndian);
    lines.at = lineEnd;
    lines.count++;
    return undefined;
  }

  #makeRoom(row: Tokenizer): void {
    const start = row.starts[0] as number;
    const isShort = row.rowBytes <= shortRowBytes;
    const growth = isShort ? 5 * row.rowBytes : escapedGrowth(row.bytes, start, start + row.rowBytes);
    this.#lines.reserve(maxBytes(this.#layout, 0) + row.rowBytes + growth);
  }
}

/** Every byte may become six, an empty cell becomes "null", and a value in another format may grow by 34 bytes. */
export function maxBytes({ words, slots }: Layout, rowBytes: number): number {
  return 8 * words.length + 48 * slots.length + 6 * rowBytes + 8;
}

function writeNatural(value: number, out: Uint8Array, at: number): number {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
  for (let i = end - 1, rest = value; i >= at; i--, rest = Math.floor(rest / 10)) out[i] = 0x30 + (rest % 10);
  return end;
}
