/**
 * Finds the records in JSON that is too long for memory: the bytes of each item of one list, and the rest of the document with that list
 * left empty, from which paging reads its token. It follows brackets and texts, byte by byte; the values are parsed by others.
 */
import { restErrors } from "../errors.ts";
import type { JsonPath } from "./json-path.ts";

const mostItemBytes = 64 * 1024 * 1024;
const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Whether a path names one list by object keys only, as in $.data.items[*]: then its records can be streamed. */
export function listKeys({ steps }: JsonPath): readonly string[] | undefined {
  const last = steps.at(-1);
  const keys = last !== undefined && "all" in last ? steps.slice(0, -1) : steps;
  return keys.every((step) => "name" in step) ? keys.map((step) => (step as { name: string }).name) : undefined;
}

/** An object or list around the place, with the key in it that leads on. */
interface Level {
  isList: boolean;
  key: string;
  awaitsKey: boolean;
}

/** Yields the bytes of items, a few at a time. Afterwards `rest` has the text of the document without them. */
export class JsonItems {
  readonly #keys: readonly string[];
  readonly #request: string;
  readonly #rest: Buffer[] = [];
  readonly #levels: Level[] = [];
  #isFound = false;
  /** Brackets that are open inside the list; -1: outside it. */
  #depth = -1;
  #inText = false;
  #isEscaped = false;
  /** The bytes of a key, while it is read. */
  #keyBytes: number[] | undefined;
  /** The item so far, from earlier pieces. */
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(keys: readonly string[], request: string) {
    this.#keys = keys;
    this.#request = request;
  }

  /** The list was there. */
  get isFound(): boolean {
    return this.#isFound;
  }

  get rest(): string {
    return Buffer.concat(this.#rest).toString("utf8");
  }

  /** @throws answer_too_long, answer_unreadable where it ends inside the list */
  async *read(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
    for await (const piece of pieces) {
      const items: Buffer[] = [];
      for (let at = 0; at < piece.length; ) at = this.#depth < 0 ? this.#outside(piece, at) : this.#inside(piece, at, items);
      if (items.length > 0) yield items;
    }
    if (this.#depth < 0) return;
    const reason = "it ends inside the list of records";
    throw restErrors.answer_unreadable({ request: this.#request, form: "JSON", reason, start: this.rest.slice(0, 80) });
  }

  /** Up to the list or the end of the piece; the bytes belong to the rest. Returns where to go on. */
  #outside(piece: Buffer, from: number): number {
    const levels = this.#levels;
    for (let at = from; at < piece.length; at++) {
      const byte = piece[at] as number;
      const top = levels.at(-1);
      if (this.#inText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) this.#isEscaped = true;
        else if (byte === quote) {
          this.#inText = false;
          if (this.#keyBytes !== undefined && top !== undefined) {
            top.key = keyOf(this.#keyBytes);
            top.awaitsKey = false;
          }
          this.#keyBytes = undefined;
        }
        if (this.#inText) this.#keyBytes?.push(byte);
      } else if (byte === quote) {
        this.#inText = true;
        this.#keyBytes = top?.awaitsKey === true ? [] : undefined;
      } else if (byte === openList && !this.#isFound && this.#isAtList()) {
        this.#isFound = true;
        this.#depth = 0;
        this.#rest.push(Buffer.from(piece.subarray(from, at + 1)));
        return at + 1;
      } else if (byte === openList || byte === openBrace) {
        levels.push({ isList: byte === openList, key: "", awaitsKey: byte === openBrace });
      } else if (byte === closeList || byte === closeBrace) levels.pop();
      else if (byte === comma && top?.isList === false) top.awaitsKey = true;
    }
    this.#rest.push(Buffer.from(piece.subarray(from)));
    return piece.length;
  }

  #isAtList(): boolean {
    const [levels, keys] = [this.#levels, this.#keys];
    return levels.length === keys.length && levels.every(({ isList, key }, index) => !isList && key === keys[index]);
  }

  /** Up to the end of the list or of the piece. Returns where to go on. */
  #inside(piece: Buffer, from: number, items: Buffer[]): number {
    let [depth, inText, isEscaped, start] = [this.#depth, this.#inText, this.#isEscaped, from];
    for (let at = from; at < piece.length; at++) {
      const byte = piece[at] as number;
      if (inText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) inText = false;
      } else if (byte === quote) inText = true;
      else if (byte === openBrace || byte === openList) depth++;
      else if (byte === comma && depth === 0) {
        this.#take(piece.subarray(start, at), items);
        start = at + 1;
      } else if ((byte === closeList || byte === closeBrace) && depth-- === 0) {
        this.#take(piece.subarray(start, at), items);
        [this.#depth, this.#inText, this.#isEscaped] = [-1, false, false];
        return at;
      }
    }
    [this.#depth, this.#inText, this.#isEscaped] = [depth, inText, isEscaped];
    this.#held.push(piece.subarray(start));
    this.#heldBytes += piece.length - start;
    if (this.#heldBytes > mostItemBytes) throw restErrors.answer_too_long({ request: this.#request, limit: mostItemBytes });
    return piece.length;
  }

  #take(end: Buffer, items: Buffer[]): void {
    const item = this.#held.length === 0 ? end : Buffer.concat([...this.#held, end]);
    this.#held = [];
    this.#heldBytes = 0;
    if (!isBlank(item)) items.push(item);
  }
}

function keyOf(bytes: readonly number[]): string {
  try {
    return JSON.parse(`"${Buffer.from(bytes).toString("utf8")}"`) as string;
  } catch {
    return "";
  }
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > 0x20) return false;
  return true;
}
