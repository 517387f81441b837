/**
 * Records of JSON as RECORD lines, made of the answer's own bytes: no value is written anew, so numbers and texts stay as they were sent, and
 * the collector has nothing to do. JSON.parse has read the bytes before, so they are known to be JSON.
 */
const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Writes the objects of one list, each between `head` and `tail`, without blanks between their parts. */
export class RecordCopier {
  readonly #bytes: Buffer;
  #at: number;

  private constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** undefined: the list is not at this place, or it can't be told from another one of the same name. */
  static at(bytes: Buffer, keys: readonly string[]): RecordCopier | undefined {
    const copier = new RecordCopier(bytes, bytes[0] === 0xef ? 3 : 0);
    for (const key of keys) if (!copier.#enter(key)) return undefined;
    copier.#skipBlanks();
    if (bytes[copier.#at] !== openList) return undefined;
    copier.#at++;
    return copier;
  }

  /**
   * Writes the next record into `out` at `to`, without its last brace. Returns where it ends there; -1: there is no more, or the next one is no object.
   */
  next(out: Buffer, to: number): number {
    const bytes = this.#bytes;
    this.#skipBlanks();
    if (bytes[this.#at] === comma) {
      this.#at++;
      this.#skipBlanks();
    }
    if (bytes[this.#at] !== openBrace) return -1;
    let [at, start, end, depth] = [this.#at, this.#at, to, 0];
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === quote) at = endOfText(bytes, at);
      else if (byte === openBrace || byte === openList) depth++;
      else if (byte === closeBrace || byte === closeList) {
        if (--depth === 0) break;
      } else if (byte <= 0x20) {
        end += bytes.copy(out, end, start, at);
        while ((bytes[at + 1] as number) <= 0x20) at++;
        start = at + 1;
      }
    }
    this.#at = at + 1;
    return end + bytes.copy(out, end, start, at);
  }

  /** After the last record: whether the list ends here, and none of the keys comes once more, where JSON.parse would have taken that one. */
  isWhole(keys: readonly string[]): boolean {
    this.#skipBlanks();
    return this.#bytes[this.#at] === closeList && keys.every((key) => this.#bytes.indexOf(JSON.stringify(key), this.#at) < 0);
  }

  /** Goes to the value of a key of the object that begins here. */
  #enter(key: string): boolean {
    const bytes = this.#bytes;
    this.#skipBlanks();
    if (bytes[this.#at] !== openBrace) return false;
    this.#at++;
    for (;;) {
      this.#skipBlanks();
      if (bytes[this.#at] === comma) {
        this.#at++;
        continue;
      }
      if (bytes[this.#at] !== quote) return false;
      const end = endOfText(bytes, this.#at);
      const name = bytes.toString("utf8", this.#at + 1, end);
      // A name that is spelled with escapes is left to others.
      if (name.includes("\\")) return false;
      this.#at = end + 1;
      this.#skipBlanks();
      if (bytes[this.#at] !== colon) return false;
      this.#at++;
      if (name === key) return true;
      this.#skipValue();
    }
  }

  #skipValue(): void {
    const bytes = this.#bytes;
    let depth = 0;
    for (; this.#at < bytes.length; this.#at++) {
      const byte = bytes[this.#at] as number;
      if (byte === quote) this.#at = endOfText(bytes, this.#at);
      else if (byte === openBrace || byte === openList) depth++;
      else if (depth === 0 && (byte === comma || byte === closeBrace)) return;
      else if (byte === closeBrace || byte === closeList) depth--;
    }
  }

  #skipBlanks(): void {
    while ((this.#bytes[this.#at] as number) <= 0x20) this.#at++;
  }
}

/** The place of its last quote. @param at that of its first */
function endOfText(bytes: Buffer, at: number): number {
  let end = at + 1;
  for (; end < bytes.length; end++) {
    const byte = bytes[end];
    if (byte === quote) break;
    if (byte === backslash) end++;
  }
  return end;
}
