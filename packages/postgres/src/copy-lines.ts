/**
 * Turns rows of COPY text into Singer lines, from bytes to bytes: a value is copied, quoted or escaped by its column's form, and never
 * becomes a string or a number. COPY's escapes are nearly JSON's. Source: PostgreSQL manual, COPY, "Text Format".
 */
import { writeCopyText, writeJsonText } from "./copy-escapes.ts";
import { isPlainDate, isPlainTimestamp } from "./plain-times.ts";

/**
 * How a column's text becomes JSON. `bare`: as it is. `finite`: as it is, where it starts with a digit or a sign. `text`: a string.
 * `word`: a string of characters that need no escape. `date`, `timestamp`, `timestamptz`: a string, where it is a time as schemas have
 * them (1 to 9999). `json`: JSON in text. `boolean`: t and f.
 */
export type CopyForm = "bare" | "finite" | "text" | "word" | "date" | "timestamp" | "timestamptz" | "json" | "boolean";

const forms: Record<CopyForm, number> = {
  bare: 0,
  finite: 1,
  text: 2,
  word: 3,
  date: 4,
  timestamp: 5,
  timestamptz: 6,
  json: 7,
  boolean: 8,
};

export interface CopyColumn {
  name: string;
  form: CopyForm;
}

export interface LineParts {
  head: Uint8Array;
  tail: () => Uint8Array;
}

const tab = 0x09;
const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const letterN = 0x4e;

/** Enough lines for one write. */
const fullAt = 256 * 1024;
/** Rows up to this length get room for the most that escaping can add, which is five bytes for each; longer ones are counted first. */
const shortRow = 64 * 1024;
/** Room for the end of a line, and for the last word of it. */
const slack = 512;

export class CopyLines {
  /** Lines in the buffer. */
  count = 0;
  /** For each column, how many values were JSON's null, which arrives like SQL's. */
  readonly jsonNulls: Int32Array;
  readonly #forms: Uint8Array;
  readonly #head: Words;
  readonly #pieces: readonly Words[];
  readonly #piecesLength: number;
  readonly #tail: () => Uint8Array;
  #tailWords: Words = inWords(new Uint8Array());
  #out = Buffer.allocUnsafe(2 * fullAt);
  #view = viewOf(this.#out);
  #at = 0;
  /** The bytes that rows are read from, and their view. */
  #input: Uint8Array = new Uint8Array();
  #source = viewOf(this.#input);

  /** `columns`: those of the COPY, in its order. */
  constructor(columns: readonly CopyColumn[], { head, tail }: LineParts) {
    this.#forms = Uint8Array.from(columns, ({ form }) => forms[form]);
    this.#head = inWords(Buffer.concat([head, Buffer.from("{")]));
    this.#pieces = columns.map(({ name }, i) => inWords(Buffer.from(`${i === 0 ? "" : ","}${JSON.stringify(name)}:`)));
    this.#piecesLength = this.#pieces.reduce((sum, { length }) => sum + length + 6, this.#head.length + slack);
    this.#tail = tail;
    this.jsonNulls = new Int32Array(columns.length);
  }

  get isFull(): boolean {
    return this.#at >= fullAt;
  }

  /** The lines in the buffer, valid until the next row. */
  take(): Uint8Array {
    const bytes = this.#out.subarray(0, this.#at);
    this.#at = 0;
    this.count = 0;
    return bytes;
  }

  /**
   * Writes the line of one row, whose bytes end with "\n". Returns -1, or the index of a column whose value does not have the column's
   * form: then nothing was written.
   */
  write(input: Uint8Array, start: number, end: number): number {
    const out = this.#room(input, start, end);
    // One time for all lines of a buffer, which is handed over before the reader waits.
    if (this.count === 0) this.#tailWords = inWords(this.#tail());
    const { length } = this.#pieces;
    let i = start;
    const view = this.#view;
    if (input !== this.#input) [this.#input, this.#source] = [input, viewOf(input)];
    const source = this.#source;
    let at = writeWords(this.#head, view, this.#at);
    for (let c = 0; c < length; c++) {
      at = writeWords(this.#pieces[c] as Words, view, at);
      if (input[i] === backslash && input[i + 1] === letterN) {
        at = writeBytes(nullWord, out, at);
        i += 3;
        continue;
      }
      let byte = input[i] as number;
      switch (this.#forms[c]) {
        case 0:
        case 1:
        case 3: {
          const form = this.#forms[c];
          if (form === 1 && (byte < 0x30 || byte > 0x39) && !(byte === minus && (input[i + 1] as number) <= 0x39)) return c;
          if (form === 3) out[at++] = quote;
          // Four bytes at a time, of which those after the cell are overwritten. Only its end is a control character.
          while (i + 4 <= end) {
            const four = source.getInt32(i, true);
            view.setInt32(at, four, true);
            const ends = controlsIn(four);
            const taken = ends === 0 ? 4 : firstOf(ends);
            i += taken;
            at += taken;
            if (ends !== 0) break;
          }
          byte = input[i] as number;
          while (byte !== tab && byte !== newline) {
            out[at++] = byte;
            byte = input[++i] as number;
          }
          if (form === 3) out[at++] = quote;
          break;
        }
        case 2:
          out[at++] = quote;
          for (;;) {
            if (i + 4 <= end) {
              const four = source.getInt32(i, true);
              view.setInt32(at, four, true);
              const special = controlsIn(four) | equalIn(four, fourQuotes) | equalIn(four, fourBackslashes);
              const taken = special === 0 ? 4 : firstOf(special);
              i += taken;
              at += taken;
              if (special === 0) continue;
            }
            byte = input[i] as number;
            if (byte === tab || byte === newline) break;
            if (byte >= 0x20 && byte !== quote && byte !== backslash) {
              out[at++] = byte;
              i++;
            } else {
              at = writeCopyText(input, i, out, at);
              i += byte === backslash ? 2 : 1;
            }
          }
          out[at++] = quote;
          break;
        case 4:
          if (!isPlainDate(input, i)) return c;
          out[at++] = quote;
          copyDay(source, i, view, at);
          i += 10;
          at += 10;
          out[at++] = quote;
          break;
        case 5:
        case 6: {
          const stop = isPlainTimestamp(input, i);
          if (stop < 0) return c;
          out[at++] = quote;
          copyDay(source, i, view, at);
          at += 10;
          i += 11;
          out[at++] = 0x54;
          while (i < stop) out[at++] = input[i++] as number;
          out[at++] = 0x5a;
          out[at++] = quote;
          // The session's zone is UTC, so the offset is +00.
          if (this.#forms[c] === 6) i += 3;
          break;
        }
        case 7: {
          const from = at;
          while (byte !== tab && byte !== newline) {
            if (byte !== backslash) out[at++] = byte;
            else at = writeJsonText(input[++i] as number, out, at);
            byte = input[++i] as number;
          }
          if (at - from === 4 && out[from] === 0x6e) this.jsonNulls[c] = (this.jsonNulls[c] as number) + 1;
          break;
        }
        default:
          at = writeBytes(byte === 0x74 ? trueWord : falseWord, out, at);
          i++;
      }
      i++;
    }
    out[at++] = 0x7d;
    this.#at = writeWords(this.#tailWords, view, at);
    this.count++;
    return -1;
  }

  /** A buffer with room for the row after the lines that it holds. */
  #room(input: Uint8Array, start: number, end: number): Buffer {
    const length = end - start;
    const text = length <= shortRow ? 6 * length : length + growthOf(input, start, end);
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

/** Bytes that all rows share, as words of eight bytes: they are written several times as fast. */
interface Words {
  words: BigUint64Array;
  length: number;
}

function inWords(bytes: Uint8Array): Words {
  const padded = Buffer.alloc(8 * Math.ceil(bytes.length / 8));
  padded.set(bytes);
  const words = BigUint64Array.from({ length: padded.length / 8 }, (_, i) => padded.readBigUInt64LE(8 * i));
  return { words, length: bytes.length };
}

/** The last word may be longer than the bytes: what is written next overwrites the rest, and the buffer has room for it. */
function writeWords({ words, length }: Words, view: DataView, at: number): number {
  for (let i = 0; i < words.length; i++) view.setBigUint64(at + 8 * i, words[i] as bigint, true);
  return at + length;
}

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

/** "2024-02-29": ten bytes. */
function copyDay(from: DataView, i: number, to: DataView, at: number): void {
  to.setInt32(at, from.getInt32(i, true), true);
  to.setInt32(at + 4, from.getInt32(i + 4, true), true);
  to.setInt16(at + 8, from.getInt16(i + 8, true), true);
}

const nullWord = Buffer.from("null");
const trueWord = Buffer.from("true");
const falseWord = Buffer.from("false");

/** A loop, because `set` takes several times as long for a few bytes. */
function writeBytes(bytes: Uint8Array, out: Uint8Array, from: number): number {
  let at = from;
  for (let i = 0; i < bytes.length; i++) out[at++] = bytes[i] as number;
  return at;
}

/** The most bytes that escaping adds to a row. */
function growthOf(input: Uint8Array, start: number, end: number): number {
  let growth = 0;
  for (let i = start; i < end; i++) {
    const byte = input[i] as number;
    if (byte < 0x20) growth += 5;
    else if (byte === quote || byte === backslash) growth += 4;
  }
  return growth;
}
