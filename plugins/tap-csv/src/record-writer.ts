/**
 * Rows of one file to RECORD lines in a reused buffer. What all lines share (the message's head, the column names, values
 * that the whole file has in common) is laid out once as bytes between the values, so a row is copying and nothing else.
 */
import type { Position, ReadContext } from "@tapline/sdk";
import { type CellEncoder, cellEncoder, columnType, copy, describeType, escapedGrowth } from "./encode.ts";
import { errors, shorten } from "./errors.ts";
import { sourceColumns } from "./source-columns.ts";
import type { Table } from "./table.ts";
import type { Tokenizer } from "./tokenize.ts";

/** Enough bytes for a write to be worth it. */
const fullBytes = 256 * 1024;
/** A row is at most this long in nearly all files; for it the most it could take is reserved without a look. */
const shortRowBytes = 32 * 1024;

/** A value that differs from row to row: a cell, or the line number where `cell` is -1. */
interface Slot {
  name: string;
  cell: number;
  encode: CellEncoder;
}

export class RecordWriter {
  count = 0;
  readonly #slots: readonly Slot[];
  /** `#fixed[#fixedEnds[i - 1], #fixedEnds[i])` stands before value i; the last piece stands behind all of them. */
  readonly #fixed: Uint8Array;
  readonly #fixedEnds: Int32Array;
  readonly #context: ReadContext;
  readonly #position: Position;
  #tail: Uint8Array;
  #out: Uint8Array<ArrayBuffer>;
  #at = 0;

  constructor(stream: string, table: Table, context: ReadContext) {
    const { slots, pieces } = layOut(table, context);
    this.#slots = slots;
    this.#fixed = Buffer.concat(pieces);
    let end = 0;
    this.#fixedEnds = Int32Array.from(pieces, (piece) => (end += piece.length));
    this.#context = context;
    this.#position = { stream, file: table.path };
    this.#tail = context.tail();
    this.#out = new Uint8Array(fullBytes + this.#mostBytes(shortRowBytes));
  }

  get isFull(): boolean {
    return this.#at >= fullBytes;
  }

  /** Adds the tokenizer's row. @throws value_unfit */
  write(row: Tokenizer): void {
    if (this.#at + this.#mostBytes(row.rowBytes) > this.#out.length) this.#makeRoom(row);
    const out = this.#out;
    const fixed = this.#fixed;
    const fixedEnds = this.#fixedEnds;
    const slots = this.#slots;
    const { bytes, starts, ends, flags } = row;
    let at = this.#at;
    let next = 0;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as Slot;
      for (const end = fixedEnds[i] as number; next < end; next++) out[at++] = fixed[next] as number;
      const cell = slot.cell;
      if (cell < 0) at = writeNatural(row.line, out, at);
      else {
        const behind = slot.encode(bytes, starts[cell] as number, ends[cell] as number, flags[cell] as number, out, at);
        if (behind < 0) throw this.#unfit(row, slot);
        at = behind;
      }
    }
    at = copy(fixed, next, fixed.length, out, at);
    this.#at = copy(this.#tail, 0, this.#tail.length, out, at);
    this.count++;
  }

  /** The lines written since the last call; good until the next `write`. */
  take(): Uint8Array {
    const lines = this.#out.subarray(0, this.#at);
    this.#at = 0;
    this.count = 0;
    this.#tail = this.#context.tail();
    return lines;
  }

  /** Every byte may become six, every empty cell "null"; a line number has at most 16 digits. */
  #mostBytes(rowBytes: number): number {
    return this.#fixed.length + this.#tail.length + 16 * this.#slots.length + 6 * rowBytes;
  }

  #makeRoom(row: Tokenizer): void {
    const start = row.starts[0] as number;
    const needed = this.#mostBytes(0) + row.rowBytes + escapedGrowth(row.bytes, start, start + row.rowBytes);
    if (this.#at + needed <= this.#out.length) return;
    // A transfer frees the old memory at once; left to the garbage collector, that of long rows would pile up.
    this.#out = new Uint8Array(this.#out.buffer.transfer(this.#at + needed));
  }

  #unfit(row: Tokenizer, { name, cell }: Slot): Error {
    const expected = describeType(columnType(this.#context.schema.properties?.[name]));
    return errors.value_unfit({ value: shorten(row.text(cell)), expected }, { ...this.#position, line: row.line, column: name });
  }
}

function layOut(table: Table, context: ReadContext): { slots: Slot[]; pieces: Uint8Array[] } {
  const sources = sourceColumns(table);
  const slots: Slot[] = [];
  const pieces: Uint8Array[] = [];
  let text = "{";
  for (const [i, name] of context.columns.entries()) {
    text += `${i === 0 ? "" : ","}${JSON.stringify(name)}:`;
    const source = sources(name);
    if (typeof source === "string") text += source;
    else {
      pieces.push(Buffer.from(text));
      slots.push({ name, cell: source, encode: cellEncoder(columnType(context.schema.properties?.[name])) });
      text = "";
    }
  }
  pieces.push(Buffer.from(`${text}}`));
  pieces[0] = Buffer.concat([context.head, pieces[0] as Uint8Array]);
  return { slots, pieces };
}

function writeNatural(value: number, out: Uint8Array, at: number): number {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
  for (let i = end - 1, rest = value; i >= at; i--, rest = Math.floor(rest / 10)) out[i] = 0x30 + (rest % 10);
  return end;
}
