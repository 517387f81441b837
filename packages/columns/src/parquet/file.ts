/** Writes a Parquet file row group by row group. */

import { closeSync, openSync, writevSync } from "node:fs";
import type { ColumnBuffer } from "../buffers/column-buffer.ts";
import type { ColumnType } from "../types/column-type.ts";
import { byteLength, encodeChunk, encodeFooter, magic, type RowGroup } from "./layout.ts";

export class ParquetFile {
  readonly #types: readonly ColumnType[];
  readonly #descriptor: number;
  readonly #groups: RowGroup[] = [];
  #offset = 0;

  constructor(path: string, types: readonly ColumnType[]) {
    this.#types = types;
    this.#descriptor = openSync(path, "wx", 0o600);
    this.#write([magic]);
  }

  /** Bytes written so far. */
  get byteLength(): number {
    return this.#offset;
  }

  /** The buffers are free again when it returns. */
  writeRowGroup(buffers: readonly ColumnBuffer[]): void {
    const chunks = buffers.map((buffer, index) => {
      const offset = this.#offset;
      this.#write(encodeChunk(buffer, this.#types[index] as ColumnType));
      return { offset, byteLength: this.#offset - offset };
    });
    this.#groups.push({ rows: (buffers[0] as ColumnBuffer).rows, chunks });
  }

  /** Completes the file; without it nobody can read it. */
  finish(): void {
    this.#write([encodeFooter(this.#types, this.#groups)]);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** A nearly full disk takes a part; asking again for the rest then gives the error with its reason. */
  #write(parts: readonly Uint8Array[]): void {
    let rest = parts.filter((part) => part.length > 0);
    this.#offset += byteLength(rest);
    while (rest.length > 0) {
      let written = writevSync(this.#descriptor, rest);
      const next: Uint8Array[] = [];
      for (const part of rest) {
        if (written < part.length) next.push(part.subarray(written));
        written = Math.max(0, written - part.length);
      }
      rest = next;
    }
  }
}
