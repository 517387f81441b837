/** Keeps the last bytes of a file while it is read, to look at its last line at the end. Costs a small copy for each piece. */

const keptBytes = 4096;
const [lf, cr] = [0x0a, 0x0d];

export class FileEnding {
  #tail: Buffer = Buffer.alloc(0);
  #isCut = false;
  /** Blank lines after the last line. */
  blankLines = 0;

  add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    const fresh = Buffer.from(piece.subarray(Math.max(0, piece.length - keptBytes)));
    const all = fresh.length < keptBytes ? Buffer.concat([this.#tail, fresh]) : fresh;
    this.#isCut ||= piece.length > keptBytes || all.length > keptBytes;
    this.#tail = all.subarray(Math.max(0, all.length - keptBytes));
  }

  /** Undefined when the file has none, or when the line is longer than what is kept. */
  get lastLine(): string | undefined {
    const tail = this.#tail;
    let end = tail.length;
    let ends = 0;
    while (end > 0 && (tail[end - 1] === lf || tail[end - 1] === cr)) {
      if (tail[end - 1] === lf && end > 1 && tail[end - 2] === cr) end--;
      end--;
      ends++;
    }
    this.blankLines = Math.max(0, ends - 1);
    let start = end;
    while (start > 0 && tail[start - 1] !== lf && tail[start - 1] !== cr) start--;
    if (start === end || (start === 0 && this.#isCut)) return undefined;
    return tail.subarray(start, end).toString();
  }
}
