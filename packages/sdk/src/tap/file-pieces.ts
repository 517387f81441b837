/**
 * Writes rows into files for the target, one file after another, each of about 32 MiB. The target deletes them after their commit, so
 * while there are many of them the tap sends records, which wait in the pipe.
 */
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { errors } from "../errors.ts";
import type { FileOutput, WrittenFile } from "./define.ts";

const fullBytes = 32 << 20;
/** The target deletes files after their commit. While there are so many bytes, records are sent: the pipe makes the tap wait for the target. */
const mostWaitingBytes = 1 << 30;

/** Names are new ones, also in a folder where an earlier process left files. */
const startedAt = Date.now().toString(36);
let filesMade = 0;

/** The file that is open. */
interface Piece {
  path: string;
  fd: number;
  bytes: number;
  rows: number;
}

export class FilePieces implements Disposable {
  readonly #output: FileOutput;
  #piece: Piece | undefined;

  constructor(output: FileOutput) {
    this.#output = output;
  }

  /** Rows in the file that is open. */
  get rows(): number {
    return this.#piece?.rows ?? 0;
  }

  /** Of that file; undefined where none is open. */
  get path(): string | undefined {
    return this.#piece?.path;
  }

  get mostRows(): number {
    return this.#output.rowsPerFile ?? Number.POSITIVE_INFINITY;
  }

  get isFull(): boolean {
    const piece = this.#piece;
    return piece !== undefined && (piece.bytes >= fullBytes || piece.rows >= this.mostRows);
  }

  /** So much is on its way that the next rows are to be sent as records. */
  get isPaused(): boolean {
    return this.#piece === undefined && waitingBytes(this.#output.folder) >= mostWaitingBytes;
  }

  /** Adds the bytes of whole rows. @throws batch_file_unwritable */
  write(bytes: Uint8Array, rows: number): void {
    const path = this.#piece?.path ?? join(this.#output.folder, `${process.pid}-${startedAt}-${++filesMade}.${this.#output.format}`);
    try {
      this.#piece ??= { path, fd: openSync(path, "wx", 0o600), bytes: 0, rows: 0 };
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#piece.fd, bytes, at);
    } catch (error) {
      throw errors.batch_file_unwritable({ path, reason: (error as Error).message }, {}, error);
    }
    this.#piece.rows += rows;
    this.#piece.bytes += bytes.length;
  }

  /** The file that is open, which there must be. It is whole now, and the caller's. */
  take(): Pick<WrittenFile, "path" | "rows" | "bytes"> {
    const { path, fd, bytes, rows } = this.#piece as Piece;
    closeSync(fd);
    this.#piece = undefined;
    return { path, rows, bytes };
  }

  /** Deletes a file that was not taken. */
  [Symbol.dispose](): void {
    if (this.#piece === undefined) return;
    closeSync(this.#piece.fd);
    rmSync(this.#piece.path, { force: true });
    this.#piece = undefined;
  }
}

function waitingBytes(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder)) bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}
