/**
 * Finds rows that the transcriber leaves to the tokenizer by how they start: blank lines, comments, byte order marks, lines such as
 * `sep=;` and repeated headers. An ordinary row costs one look-up.
 */
import type { Tokenizer } from "../rows/tokenizer.ts";

const [lf, cr, space, tab, lowerS, upperS] = [0x0a, 0x0d, 0x20, 0x09, 0x73, 0x53];
const byteOrderMark = Buffer.of(0xbb, 0xbf);

export class RowStarts {
  /** 1 for each byte that a special row may start with. */
  readonly bytes = new Uint8Array(256);
  readonly #comment: number;
  readonly #quote: number;
  readonly #delimiter: number;
  readonly #header: Uint8Array | undefined;

  constructor({ marks, headerStart }: Pick<Tokenizer, "marks" | "headerStart">) {
    this.#comment = marks.comment[0] ?? -1;
    this.#quote = marks.quote[0] ?? -1;
    this.#delimiter = marks.delimiter[0] ?? -1;
    this.#header = headerStart === undefined ? undefined : Buffer.from(headerStart);
    for (const byte of [lf, cr, lowerS, upperS, 0xef, this.#comment]) this.bytes[byte] = 1;
    if (this.#header === undefined) return;
    for (const byte of [this.#quote, this.#header[0] ?? this.#delimiter, space, tab]) this.bytes[byte] = 1;
  }

  isSpecial(bytes: Uint8Array, at: number): boolean {
    const byte = bytes[at];
    if (byte === lf || byte === cr || byte === this.#comment) return true;
    if (byte === 0xef && isAt(byteOrderMark, bytes, at + 1)) return true;
    if ((byte === lowerS || byte === upperS) && isSeparator(bytes, at + 1)) return true;
    if (this.#header === undefined) return false;
    // The tokenizer compares the other cells.
    const start = this.#blanksEnd(bytes, byte === this.#quote ? at + 1 : at);
    if (!isAt(this.#header, bytes, start)) return false;
    const after = bytes[this.#blanksEnd(bytes, start + this.#header.length)];
    return after === this.#delimiter || after === this.#quote || after === lf || after === cr;
  }

  #blanksEnd(bytes: Uint8Array, from: number): number {
    let at = from;
    while ((bytes[at] === space || bytes[at] === tab) && bytes[at] !== this.#delimiter) at++;
    return at;
  }
}

function isAt(word: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

/** The rest of `sep=`, in lower or upper case. */
const isSeparator = (bytes: Uint8Array, at: number): boolean =>
  ((bytes[at] as number) | 0x20) === 0x65 && ((bytes[at + 1] as number) | 0x20) === 0x70 && bytes[at + 2] === 0x3d;
