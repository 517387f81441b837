/** Rows of one file to RECORD lines, row by row: what the transcriber leaves. */
import type { Tokenizer } from "../rows/tokenizer.ts";
import { escapedGrowth } from "./escape.ts";
import { isLittleEndian, type Layout, type Slot } from "./layout.ts";
import type { LineBuffer } from "./line-buffer.ts";

/** A row is at most this long in nearly all files; for it the most it could take is reserved without a look. */
export const shortRowBytes = 32 * 1024;

export class RecordWriter {
  readonly #layout: Layout;
  readonly #lines: LineBuffer;

  constructor(layout: Layout, lines: LineBuffer) {
    this.#layout = layout;
    this.#lines = lines;
  }

  /** Adds the tokenizer's row, unless it has a cell that is not of its type: that one's slot is returned. */
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
        const behind = slot.encode(bytes, starts[cell] as number, ends[cell] as number, flags[cell] as number, out, at);
        if (behind < 0) return slot;
        at = behind;
      }
    }
    const behind = at + (lengths[slots.length] as number);
    for (; next < words.length; next++, at += 8) view.setBigUint64(at, words[next] as bigint, isLittleEndian);
    lines.at = behind;
    lines.count++;
    return undefined;
  }

  #makeRoom(row: Tokenizer): void {
    const start = row.starts[0] as number;
    const isShort = row.rowBytes <= shortRowBytes;
    const growth = isShort ? 5 * row.rowBytes : escapedGrowth(row.bytes, start, start + row.rowBytes);
    this.#lines.reserve(mostBytes(this.#layout, 0) + row.rowBytes + growth);
  }
}

/** Every byte may become six, every empty cell "null", and a value that is written another way is up to 34 bytes longer. */
export function mostBytes({ words, slots }: Layout, rowBytes: number): number {
  return 8 * words.length + 48 * slots.length + 6 * rowBytes + 8;
}

function writeNatural(value: number, out: Uint8Array, at: number): number {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
  for (let i = end - 1, rest = value; i >= at; i--, rest = Math.floor(rest / 10)) out[i] = 0x30 + (rest % 10);
  return end;
}
