/**
 * Finds rows that the transcriber leaves to the tokenizer by how they start: blank lines, comments, rows that may be empty, byte order
 * marks, lines such as `sep=;` and repeated headers. An ordinary row costs one look-up.
 */
import type { Tokenizer } from "../rows/tokenizer.ts";

const [lf, cr, space, tab, lowerS, upperS, doubleQuote] = [0x0a, 0x0d, 0x20, 0x09, 0x73, 0x53, 0x22];
const byteOrderMark = Buffer.of(0xbb, 0xbf);

export class RowStarts {
  /** 1 for each byte that a special row may start with. */
  readonly bytes = new Uint8Array(256);
  readonly #comment: number;
  readonly #quote: number;
  readonly #delimiter: number;
  readonly #words: readonly Spellings[];

  constructor({ marks, headerStarts }: Pick<Tokenizer, "marks" | "headerStarts">) {
    this.#comment = marks.comment[0] ?? -1;
    this.#quote = marks.quote[0] ?? -1;
    this.#delimiter = marks.delimiter[0] ?? -1;
    this.#words = headerStarts.map(spellingsOf);
    for (const byte of [lf, cr, space, tab, lowerS, upperS, doubleQuote, 0xef, this.#comment, this.#delimiter]) this.bytes[byte] = 1;
    if (this.#words.length > 0) this.bytes[this.#quote] = 1;
    for (const spellings of this.#words) for (const word of spellings) this.bytes[word[0] ?? this.#delimiter] = 1;
  }

  isSpecial(bytes: Uint8Array, at: number): boolean {
    const byte = bytes[at];
    if (byte === lf || byte === cr || byte === this.#comment) return true;
    if (byte === 0xef && isAt(byteOrderMark, bytes, at + 1)) return true;
    if ((byte === lowerS || byte === upperS) && isSeparator(bytes, at + 1)) return true;
    if (byte === doubleQuote && ((bytes[at + 1] as number) | 0x20) === lowerS && isSeparator(bytes, at + 2)) return true;
    if ((byte === this.#delimiter || byte === space || byte === tab) && this.#isEmpty(bytes, at)) return true;
    // The tokenizer compares the other cells.
    const start = this.#blanksEnd(bytes, byte === this.#quote ? at + 1 : at);
    for (const spellings of this.#words) {
      if (!areAt(spellings, bytes, start)) continue;
      const after = bytes[this.#blanksEnd(bytes, start + (spellings[0] as Uint8Array).length)];
      if (after === this.#delimiter || after === this.#quote || after === lf || after === cr) return true;
    }
    return false;
  }

  #blanksEnd(bytes: Uint8Array, from: number): number {
    let at = from;
    while ((bytes[at] === space || bytes[at] === tab) && bytes[at] !== this.#delimiter) at++;
    return at;
  }

  #isEmpty(bytes: Uint8Array, from: number): boolean {
    let at = from;
    while (bytes[at] === space || bytes[at] === tab || bytes[at] === this.#delimiter) at++;
    return bytes[at] === lf || bytes[at] === cr;
  }
}

/** A word as it is, in lower case and in upper case, where these have as many bytes. */
type Spellings = readonly Uint8Array[];

function spellingsOf(word: string): Spellings {
  const [exact, ...others] = [word, word.toLowerCase(), word.toUpperCase()].map((one) => Buffer.from(one)) as [Buffer, ...Buffer[]];
  return [exact, ...others.filter((other) => other.length === exact.length)];
}

/** Whether each byte is that of one of the spellings. */
function areAt(spellings: Spellings, bytes: Uint8Array, at: number): boolean {
  const { length } = spellings[0] as Uint8Array;
  for (let i = 0; i < length; i++) {
    let isAny = false;
    for (const word of spellings) if (word[i] === bytes[at + i]) isAny = true;
    if (!isAny) return false;
  }
  return true;
}

function isAt(word: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

/** The rest of `sep=`, in lower or upper case. */
const isSeparator = (bytes: Uint8Array, at: number): boolean =>
  ((bytes[at] as number) | 0x20) === 0x65 && ((bytes[at + 1] as number) | 0x20) === 0x70 && bytes[at + 2] === 0x3d;
