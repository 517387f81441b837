/**
 * The texts that the cells of a workbook share, by number, as CSV cells. They are read only as far as a cell needs them, and are
 * kept in blocks: the first ones in memory, the others in a temporary file, so that memory stays bounded whatever their size.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ByteReader } from "../source/bytes.ts";
import { csvText, decodeEscapes } from "./cell-text.ts";
import { type Broken, type XmlPart, xmlPart } from "./xml.ts";

export interface SharedStringsOptions {
  /** Bytes of texts that are kept in memory. */
  memoryBytes?: number;
}

/** Excel allows 32,767 characters; other programs write more. */
export const mostTextLength = 4 * 1024 * 1024;

const defaultMemoryBytes = 4 * 1024 * 1024;
const blockBytes = 64 * 1024;
/** At least two: the last one that was found stays valid. */
const mostCached = 16;

const noBytes = new Uint8Array(0);

interface Block {
  /** The number of its first text. */
  first: number;
  /** Where each text ends in `bytes`. */
  ends: ArrayLike<number>;
  bytes: Buffer;
}

interface StoredBlock {
  first: number;
  count: number;
  /** Undefined when it is in the file. */
  block: Block | undefined;
  at: number;
  length: number;
}

export class SharedStrings implements AsyncDisposable {
  readonly #reader: ByteReader;
  readonly #part: XmlPart;
  readonly #broken: Broken;
  readonly #memoryBytes: number;
  readonly #stored: StoredBlock[] = [];
  readonly #cache = new Map<number, Block>();
  #storedBytes = 0;
  #file: number | undefined;
  #fileBytes = 0;
  /** The block that is being filled. */
  readonly #open = { first: 0, ends: [] as number[], bytes: Buffer.allocUnsafe(2 * blockBytes) };
  #at = 0;
  #last: Block | undefined;
  /** Memory of a block that is no longer cached. */
  #spare = noBytes;

  constructor(reader: ByteReader, broken: Broken, { memoryBytes = defaultMemoryBytes }: SharedStringsOptions = {}) {
    this.#reader = reader;
    this.#broken = broken;
    this.#memoryBytes = memoryBytes;
    this.#part = xmlPart(
      reader,
      itemReader((text) => this.#add(text), broken),
      broken,
    );
  }

  /** How many texts were read so far. */
  get count(): number {
    return this.#open.first + this.#open.ends.length;
  }

  /** Reads on until the text with that number is there. @throws workbook_broken */
  async load(index: number): Promise<void> {
    while (index >= this.count) {
      if (!(await this.#part.pump()) && index >= this.count)
        throw this.#broken(`a cell uses the text number ${index}, and there are only ${this.count}`);
    }
  }

  /** The block with a text that was loaded; the text is `bytes` from the end before to its own end. */
  find(index: number): Block {
    const last = this.#last;
    if (last !== undefined && index >= last.first && index < last.first + last.ends.length) return last;
    if (index >= this.#open.first) return this.#open;
    this.#last = this.#blockAt(this.#indexOf(index));
    return this.#last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    await this.#reader[Symbol.asyncDispose]();
  }

  #add(text: string): void {
    const open = this.#open;
    const cell = csvText(decodeEscapes(text));
    if (this.#at + cell.length * 3 > open.bytes.length) {
      const grown = Buffer.allocUnsafe(this.#at + cell.length * 3);
      open.bytes.copy(grown, 0, 0, this.#at);
      open.bytes = grown;
    }
    this.#at += open.bytes.write(cell, this.#at);
    open.ends.push(this.#at);
    if (this.#at >= blockBytes || open.ends.length >= blockBytes / 4) this.#closeBlock();
  }

  #closeBlock(): void {
    const open = this.#open;
    const ends = Uint32Array.from(open.ends);
    const bytes = open.bytes.subarray(0, this.#at);
    const length = bytes.length + ends.byteLength;
    const stored: StoredBlock = { first: open.first, count: ends.length, block: undefined, at: this.#fileBytes, length };
    if (this.#storedBytes + length > this.#memoryBytes) this.#write(ends, bytes);
    else {
      stored.block = { first: open.first, ends, bytes: Buffer.from(bytes) };
      this.#storedBytes += length;
    }
    this.#stored.push(stored);
    open.first += ends.length;
    open.ends = [];
    if (open.bytes.length > 2 * blockBytes) open.bytes = Buffer.allocUnsafe(2 * blockBytes);
    this.#at = 0;
  }

  #write(ends: Uint32Array, bytes: Uint8Array): void {
    this.#file ??= openTemporary();
    for (const part of [new Uint8Array(ends.buffer), bytes]) {
      for (let at = 0; at < part.length; ) at += writeSync(this.#file, part, at, part.length - at, this.#fileBytes + at);
      this.#fileBytes += part.length;
    }
  }

  /** The one that was used longest ago; its memory is used again, for freed buffers pile up until the next garbage collection. */
  #evict(): void {
    const [index, block] = this.#cache.entries().next().value as [number, Block];
    this.#cache.delete(index);
    this.#spare = new Uint8Array(block.bytes.buffer as ArrayBuffer);
  }

  #indexOf(text: number): number {
    let [low, high] = [0, this.#stored.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#stored[middle] as StoredBlock).first <= text) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #blockAt(index: number): Block {
    const stored = this.#stored[index] as StoredBlock;
    if (stored.block !== undefined) return stored.block;
    const cached = this.#cache.get(index);
    if (cached !== undefined) {
      this.#cache.delete(index);
      this.#cache.set(index, cached);
      return cached;
    }
    if (this.#cache.size === mostCached) this.#evict();
    const all =
      this.#spare.length >= stored.length
        ? this.#spare.subarray(0, stored.length)
        : new Uint8Array(Math.max(stored.length, 2 * blockBytes));
    for (let at = 0; at < stored.length; ) at += readSync(this.#file as number, all, at, stored.length - at, stored.at + at);
    const block: Block = {
      first: stored.first,
      ends: new Uint32Array(all.buffer, 0, stored.count),
      bytes: Buffer.from(all.buffer, 4 * stored.count),
    };
    this.#spare = noBytes;
    this.#cache.set(index, block);
    return block;
  }
}

/** Handlers for `<si>` items: plain text or runs of rich text, without the phonetic hints of Japanese. */
function itemReader(add: (text: string) => void, broken: Broken) {
  let item: string | undefined;
  let isText = false;
  let isHint = false;
  return {
    open(name: string): void {
      if (name === "si") item = "";
      else if (name === "rPh") isHint = true;
      else if (name === "t") isText = item !== undefined && !isHint;
    },
    text(text: string): void {
      if (!isText) return;
      item += text;
      if ((item as string).length > mostTextLength) throw broken(`a text has more than ${mostTextLength} characters`);
    },
    close(name: string): void {
      if (name === "t") isText = false;
      else if (name === "rPh") isHint = false;
      else if (name === "si" && item !== undefined) {
        add(item);
        item = undefined;
      }
    },
  };
}

/** Without a name on disk, so that the system frees it when the process ends, however it ends. */
function openTemporary(): number {
  const folder = mkdtempSync(join(tmpdir(), "tap-csv-"));
  try {
    return openSync(join(folder, "texts"), "w+", 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
