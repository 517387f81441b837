/** Writes a Parquet file row group by row group. */

import type { Hash } from "node:crypto";
import { closeSync, fsyncSync, ftruncateSync, openSync, writevSync } from "node:fs";
import type { ColumnBuffer } from "../buffers/column-buffer.ts";
import type { ColumnType } from "../types/column-type.ts";
import { type EncodedGroup, type KeptForm, keptForm } from "./kept-form.ts";
import { type EncodedChunk, encodeChunk, encodeFooter, magic, passingForm, type RowGroup } from "./layout.ts";

export interface KeptOptions extends KeptForm {
  /** Gets every byte of the file. */
  hash?: Hash;
}

export class ParquetFile {
  readonly #types: readonly ColumnType[];
  readonly #kept: ReturnType<typeof keptForm> | undefined;
  readonly #hash: Hash | undefined;
  readonly #descriptor: number;
  readonly #groups: RowGroup[] = [];
  #offset = 0;
  /** The row groups that are on their way. */
  #last: Promise<void> = Promise.resolve();

  /** `kept`: for files that other programs read. Without it they exist for seconds, and their columns are numbered. */
  constructor(path: string, types: readonly ColumnType[], kept?: KeptOptions) {
    this.#types = types;
    this.#kept = kept === undefined ? undefined : keptForm(kept);
    this.#hash = kept?.hash;
    this.#descriptor = openSync(path, "wx", kept === undefined ? 0o600 : 0o666);
    this.#write([magic]);
  }

  /** Bytes written so far. */
  get byteLength(): number {
    return this.#offset;
  }

  /** The buffers are free again when it returns. */
  writeRowGroup(buffers: readonly ColumnBuffer[]): void {
    const chunks = buffers.map((buffer, index) => ({ parts: encodeChunk(buffer, this.#types[index] as ColumnType) }));
    this.#writeGroup((buffers[0] as ColumnBuffer).rows, chunks);
  }

  /** As `writeRowGroup`, for files that are kept: other threads compress. The buffers are free when it returns, the group is written when it resolves. */
  writeKeptGroup(buffers: readonly ColumnBuffer[]): Promise<void> {
    const kept = this.#kept as ReturnType<typeof keptForm>;
    const { rows } = buffers[0] as ColumnBuffer;
    this.#last = this.#writeAfter(this.#last, rows, kept.encodeGroup(buffers, this.#types));
    return this.#last;
  }

  async #writeAfter(before: Promise<void>, rows: number, { chunks, release }: EncodedGroup): Promise<void> {
    try {
      const encoded = await Promise.all(chunks);
      await before;
      this.#writeGroup(rows, encoded);
    } finally {
      // Other threads may still read the memory where one of them failed.
      await Promise.allSettled(chunks);
      release();
    }
  }

  /** @returns a function that takes back all row groups since; for files without a hash, which has taken their bytes */
  mark(): () => void {
    const [offset, groups] = [this.#offset, this.#groups.length];
    return () => {
      ftruncateSync(this.#descriptor, offset);
      this.#offset = offset;
      this.#groups.length = groups;
    };
  }

  /** Completes the file; without it nobody can read it. */
  finish(): void {
    this.#write([encodeFooter(this.#types, this.#groups, this.#kept ?? passingForm)]);
  }

  /** Durable when it returns. */
  sync(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #writeGroup(rows: number, encoded: readonly EncodedChunk[]): void {
    const chunks = encoded.map(({ parts, ...facts }) => {
      const offset = this.#offset;
      this.#write(parts);
      return { offset, byteLength: this.#offset - offset, ...facts };
    });
    this.#groups.push({ rows, chunks });
  }

  /** A nearly full disk takes a part; asking again for the rest then gives the error with its reason. */
  #write(parts: readonly Uint8Array[]): void {
    let rest = parts.filter((part) => part.length > 0);
    if (this.#hash !== undefined) for (const part of rest) this.#hash.update(part);
    while (rest.length > 0) {
      let written = writevSync(this.#descriptor, rest, this.#offset);
      this.#offset += written;
      const next: Uint8Array[] = [];
      for (const part of rest) {
        if (written < part.length) next.push(part.subarray(written));
        written = Math.max(0, written - part.length);
      }
      rest = next;
    }
  }
}
