/**
 * Turns rows of the text protocol into Singer lines, from bytes to bytes: a value is copied, quoted or escaped by its column's form, and
 * few become strings. A row is a list of texts, each with its length before it. Source: MySQL manual, "Text Resultset Row".
 */
import type { RowForm } from "../discover/types.ts";
import { isPlainDay, isPlainTime, isZeroDate } from "./plain-times.ts";

export interface RowColumn {
  name: string;
  form: RowForm;
  /** A date of zeros is sent as null, and counted. */
  nullZeros?: boolean;
}

export interface LineParts {
  head: Uint8Array;
  tail: () => Uint8Array;
}

const formCodes: Record<RowForm, number> = {
  bare: 0,
  word: 1,
  text: 2,
  date: 3,
  datetime: 4,
  time: 5,
  json: 6,
  boolean: 7,
  float: 8,
  bits: 9,
  base64: 10,
  geometry: 11,
};

const quote = 0x22;
const backslash = 0x5c;
export const nullLength = 0xfb;

/** Enough lines for one write. */
const fullAt = 256 * 1024;
/** Values up to this length get room for the most that escaping can add, which is five bytes for each; longer ones are counted first. */
const shortRow = 64 * 1024;
const slack = 512;

export class RowLines {
  /** Lines in the buffer. */
  count = 0;
  /** For each column, how many values were JSON's null; JSON that none can read; and dates of zeros that became null. */
  readonly jsonNulls: Int32Array;
  readonly badJson: Int32Array;
  readonly zeroDates: Int32Array;
  readonly #forms: Uint8Array;
  readonly #nullZeros: readonly boolean[];
  readonly #head: Uint8Array;
  readonly #pieces: readonly Uint8Array[];
  readonly #piecesLength: number;
  readonly #tail: () => Uint8Array;
  #tailBytes: Uint8Array = new Uint8Array();
  #out = Buffer.allocUnsafe(2 * fullAt);
  #view = viewOf(this.#out);
  #at = 0;
  #input: Uint8Array = new Uint8Array();
  #source = viewOf(this.#input);

  constructor(columns: readonly RowColumn[], { head, tail }: LineParts) {
    this.#forms = Uint8Array.from(columns, ({ form }) => formCodes[form]);
    this.#nullZeros = columns.map(({ nullZeros }) => nullZeros === true);
    this.#head = Buffer.concat([head, Buffer.from("{")]);
    this.#pieces = columns.map(({ name }, i) => Buffer.from(`${i === 0 ? "" : ","}${JSON.stringify(name)}:`));
    this.#piecesLength = this.#pieces.reduce((sum, { length }) => sum + length + 32, this.#head.length + slack);
    this.#tail = tail;
    this.jsonNulls = new Int32Array(columns.length);
    this.badJson = new Int32Array(columns.length);
    this.zeroDates = new Int32Array(columns.length);
  }

  get isFull(): boolean {
    return this.#at >= fullAt;
  }

  /** Bytes of the lines in the buffer. */
  get size(): number {
    return this.#at;
  }

  /** The lines in the buffer, valid until the next row. */
  take(): Uint8Array {
    const bytes = this.#out.subarray(0, this.#at);
    this.#at = 0;
    this.count = 0;
    return bytes;
  }

  /** Writes the line of one row. Returns -1, or the index of a column whose value does not have the column's form: then nothing was written. */
  write(input: Buffer, start: number, end: number): number {
    const out = this.#room(input, start, end);
    if (this.count === 0) this.#tailBytes = this.#tail();
    const { length } = this.#pieces;
    const forms = this.#forms;
    const view = this.#view;
    if (input !== this.#input) [this.#input, this.#source] = [input, viewOf(input)];
    const source = this.#source;
    let i = start;
    let at = writeBytes(this.#head, out, this.#at);
    for (let c = 0; c < length; c++) {
      at = writeBytes(this.#pieces[c] as Uint8Array, out, at);
      // The length that is before each value.
      let size = input[i++] as number;
      if (size === nullLength) {
        at = writeBytes(nullWord, out, at);
        continue;
      }
      if (size > nullLength) {
        const width = size === 0xfc ? 2 : size === 0xfd ? 3 : 6;
        size = input.readUIntLE(i, width);
        i += width === 6 ? 8 : width;
      }
      const stop = i + size;
      switch (forms[c]) {
        case 0:
          for (; i + 4 <= stop; i += 4, at += 4) view.setInt32(at, source.getInt32(i, true), true);
          while (i < stop) out[at++] = input[i++] as number;
          break;
        case 1:
          out[at++] = quote;
          for (; i + 4 <= stop; i += 4, at += 4) view.setInt32(at, source.getInt32(i, true), true);
          while (i < stop) out[at++] = input[i++] as number;
          out[at++] = quote;
          break;
        case 2:
          out[at++] = quote;
          while (i < stop) {
            if (i + 4 <= stop) {
              const four = source.getInt32(i, true);
              view.setInt32(at, four, true);
              const special = controlsIn(four) | equalIn(four, fourQuotes) | equalIn(four, fourBackslashes);
              const taken = special === 0 ? 4 : firstOf(special);
              i += taken;
              at += taken;
              if (special === 0) continue;
            }
            const byte = input[i++] as number;
            if (byte >= 0x20 && byte !== quote && byte !== backslash) out[at++] = byte;
            else at = writeEscape(byte, out, at);
          }
          out[at++] = quote;
          break;
        case 3:
        case 4: {
          if (!isPlainDay(input, i)) {
            if (this.#nullZeros[c] !== true || !isZeroDate(input, i)) return c;
            this.zeroDates[c] = (this.zeroDates[c] as number) + 1;
            at = writeBytes(nullWord, out, at);
            break;
          }
          out[at++] = quote;
          for (let n = 0; n < 10; n++) out[at++] = input[i++] as number;
          if (forms[c] === 4) {
            i++;
            out[at++] = 0x54;
            while (i < stop) out[at++] = input[i++] as number;
            out[at++] = 0x5a;
          }
          out[at++] = quote;
          break;
        }
        case 5:
          if (!isPlainTime(input, i)) return c;
          out[at++] = quote;
          while (i < stop) out[at++] = input[i++] as number;
          out[at++] = quote;
          break;
        case 6:
          at = this.#json(c, input, i, stop, at);
          break;
        case 7: {
          const byte = input[i] as number;
          if (size !== 1 || (byte !== 0x30 && byte !== 0x31)) return c;
          at = writeBytes(byte === 0x31 ? trueWord : falseWord, out, at);
          break;
        }
        case 8:
          at += out.write(shortest(Number(input.toString("latin1", i, stop))), at, "latin1");
          break;
        case 9:
          at += out.write(bitsText(input, i, stop), at, "latin1");
          break;
        case 10:
          out[at++] = quote;
          at += out.write(input.toString("base64", i, stop), at, "latin1");
          out[at++] = quote;
          break;
        default:
          out[at++] = quote;
          at += out.write(geometryText(input, i, stop), at, "latin1");
          out[at++] = quote;
      }
      i = stop;
    }
    out[at++] = 0x7d;
    this.#at = writeBytes(this.#tailBytes, out, at);
    this.count++;
    return -1;
  }

  /** What MariaDB takes for JSON may be none, such as [1.]: it is sent as a text. Line ends between its parts become spaces. */
  #json(c: number, input: Buffer, start: number, stop: number, from: number): number {
    const out = this.#out;
    const text = input.toString("utf8", start, stop);
    let at = from;
    try {
      JSON.parse(text);
    } catch {
      this.badJson[c] = (this.badJson[c] as number) + 1;
      return at + out.write(JSON.stringify(text), at);
    }
    for (let i = start; i < stop; i++) {
      const byte = input[i] as number;
      out[at++] = byte < 0x20 ? 0x20 : byte;
    }
    if (text.length <= 12 && text.trim() === "null") this.jsonNulls[c] = (this.jsonNulls[c] as number) + 1;
    return at;
  }

  /** A buffer with room for the row after the lines that it holds. */
  #room(input: Uint8Array, start: number, end: number): Buffer {
    const length = end - start;
    const text = length <= shortRow ? 6 * length : 2 * length + growthOf(input, start, end);
    const needed = this.#at + text + this.#piecesLength;
    if (needed > this.#out.length) {
      const larger = Buffer.allocUnsafe(needed);
      larger.set(this.#out.subarray(0, this.#at));
      this.#out = larger;
      this.#view = viewOf(larger);
    } else if (this.#at === 0 && this.#out.length > 8 * fullAt) {
      this.#out = Buffer.allocUnsafe(Math.max(needed, 2 * fullAt));
      this.#view = viewOf(this.#out);
    }
    return this.#out;
  }
}

/** The value of one column; null is NULL. */
export function cellText(input: Buffer, start: number, index: number): string | null {
  const bytes = cellBytes(input, start, index);
  return bytes === null ? null : bytes.toString();
}

/** Its bytes, which are part of the row's. */
export function cellBytes(input: Buffer, start: number, index: number): Buffer | null {
  let i = start;
  for (let c = 0; ; c++) {
    let size = input[i++] as number;
    if (size === nullLength) {
      if (c === index) return null;
      continue;
    }
    if (size > nullLength) {
      const width = size === 0xfc ? 2 : size === 0xfd ? 3 : 6;
      size = input.readUIntLE(i, width);
      i += width === 6 ? 8 : width;
    }
    if (c === index) return input.subarray(i, i + size);
    i += size;
  }
}

/** The fewest digits that are this single and no other. */
export function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

export function bitsText(input: Buffer, start: number, stop: number): string {
  if (stop - start <= 6) return String(stop === start ? 0 : input.readUIntBE(start, stop - start));
  return BigInt(`0x${input.toString("hex", start, stop)}`).toString();
}

/** As PostGIS writes it (EWKB in hex): the server has the number of its system before the WKB, and here it is in it. */
export function geometryText(input: Buffer, start: number, stop: number): string {
  const srid = input.readUInt32LE(start);
  const isLittle = input[start + 4] === 1;
  if (srid === 0 || !isLittle) return input.toString("hex", start + 4, stop).toUpperCase();
  const type = Buffer.alloc(4);
  type.writeUInt32LE((input.readUInt32LE(start + 5) | sridFlag) >>> 0);
  return `01${type.toString("hex")}${input.toString("hex", start, start + 4)}${input.toString("hex", start + 9, stop)}`.toUpperCase();
}

const sridFlag = 0x2000_0000;

// These stand in copy-lines.ts of packages/postgres too: imported from one file, they made its lines cost 15 % more processor time.
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Four bytes at once, the first of them lowest: the highest bit of each byte that is below a space. Only the first such bit is sure, for a
 * subtraction may borrow from the bytes after it. Source: Bit Twiddling Hacks, "Determine if a word has a byte less than n".
 */
const controlsIn = (four: number): number => (four - 0x20202020) & ~four & 0x80808080;

/** The same for bytes that are those of a mask. */
function equalIn(four: number, mask: number): number {
  const other = four ^ mask;
  return (other - 0x01010101) & ~other & 0x80808080;
}

const fourQuotes = 0x22222222;
const fourBackslashes = 0x5c5c5c5c;

/** Which of four bytes has the lowest bit of a mask. */
const firstOf = (bits: number): number => (31 - Math.clz32(bits & -bits)) >> 3;

const nullWord = Buffer.from("null");
const trueWord = Buffer.from("true");
const falseWord = Buffer.from("false");

/** A loop, because `set` takes several times as long for a few bytes. */
function writeBytes(bytes: Uint8Array, out: Uint8Array, from: number): number {
  let at = from;
  for (let i = 0; i < bytes.length; i++) out[at++] = bytes[i] as number;
  return at;
}

const shortEscapes: Readonly<Record<number, number>> = { 8: 0x62, 9: 0x74, 10: 0x6e, 12: 0x66, 13: 0x72, 34: quote, 92: backslash };
const hexDigits = Buffer.from("0123456789abcdef");

function writeEscape(byte: number, out: Uint8Array, from: number): number {
  let at = from;
  out[at++] = backslash;
  const short = shortEscapes[byte];
  if (short !== undefined) {
    out[at++] = short;
    return at;
  }
  at = writeBytes(unicodeZeros, out, at);
  out[at++] = hexDigits[byte >> 4] as number;
  out[at++] = hexDigits[byte & 15] as number;
  return at;
}

const unicodeZeros = Buffer.from("u00");

/** The most bytes that escaping adds to a row. */
function growthOf(input: Uint8Array, start: number, end: number): number {
  let growth = 0;
  for (let i = start; i < end; i++) {
    const byte = input[i] as number;
    if (byte < 0x20) growth += 5;
    else if (byte === quote || byte === backslash) growth += 1;
  }
  return growth;
}
