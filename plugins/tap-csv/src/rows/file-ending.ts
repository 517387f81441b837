/** Keeps the last lines of a file while it is read, to look at them at the end. Costs a small copy for each piece. */

const keptBytes = 4096;
const [lf, cr, space, tab] = [0x0a, 0x0d, 0x20, 0x09];

/** Lines of blanks and delimiters alone are not counted among the last lines. */
export class FileEnding {
  readonly #delimiter: number;
  /** Ends with the last line that has text. */
  #tail: Buffer = Buffer.alloc(0);
  #isCut = false;
  /** Line ends after the text of the last line, and whether bytes follow them. */
  #lineEnds = 0;
  #hasMore = false;
  #wasCr = false;

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
  }

  add(piece: Uint8Array): void {
    let end = piece.length;
    while (end > 0 && this.#isBlank(piece[end - 1] as number)) end--;
    if (end > 0) {
      // Blanks and delimiters after the text belong to its line.
      while (end < piece.length && piece[end] !== lf && piece[end] !== cr) end++;
      if (this.#lineEnds > 0) this.#keep(Buffer.of(lf));
      this.#keep(piece.subarray(0, end));
      [this.#lineEnds, this.#hasMore, this.#wasCr] = [0, false, false];
    }
    this.#follow(piece.subarray(end));
  }

  /** How many lines follow the last one that has text. */
  get blankLines(): number {
    return Math.max(0, this.#lineEnds - 1) + (this.#hasMore ? 1 : 0);
  }

  /** The last lines that have text, the last one at the end; none when it is longer than what is kept. */
  get lines(): readonly string[] {
    const lines: string[] = [];
    let start = 0;
    for (let at = 0; at <= this.#tail.length; at++) {
      if (at < this.#tail.length && this.#tail[at] !== lf && this.#tail[at] !== cr) continue;
      const line = this.#tail.subarray(start, at);
      const isWhole = start > 0 || !this.#isCut;
      if (isWhole && !line.every((byte) => this.#isBlank(byte))) lines.push(line.toString());
      start = at + 1;
    }
    return lines;
  }

  #isBlank(byte: number): boolean {
    return byte === lf || byte === cr || byte === space || byte === tab || byte === this.#delimiter;
  }

  #keep(piece: Uint8Array): void {
    const fresh = Buffer.from(piece.subarray(Math.max(0, piece.length - keptBytes)));
    const all = fresh.length < keptBytes ? Buffer.concat([this.#tail, fresh]) : fresh;
    this.#isCut ||= piece.length > keptBytes || all.length > keptBytes;
    this.#tail = all.subarray(Math.max(0, all.length - keptBytes));
  }

  /** `piece`: blanks and delimiters after the text. */
  #follow(piece: Uint8Array): void {
    let at = 0;
    if (this.#lineEnds === 0) {
      while (at < piece.length && piece[at] !== lf && piece[at] !== cr) at++;
      if (at > 0) this.#keep(piece.subarray(0, at));
    }
    for (; at < piece.length; at++) {
      const byte = piece[at];
      const isLineEnd = byte === lf || byte === cr;
      if (byte === cr || (byte === lf && !this.#wasCr)) this.#lineEnds++;
      this.#hasMore = !isLineEnd;
      this.#wasCr = byte === cr;
    }
  }
}
