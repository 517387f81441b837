/** Reads a file of PostgreSQL's binary COPY of a BATCH message as records, where the database can't take it as it is. */
import type { FileHandle } from "node:fs/promises";
import { type BatchEncoding, protocolErrors, type Records } from "@tapline/protocol";
import { type PgType, pgEnd, pgHeader, pgTypes, rowEnd, viewOf } from "../../pgcopy/form.ts";
import { type PgColumn, PgRowLines } from "../../pgcopy/row-lines.ts";
import type { RecordLines } from "./record-lines.ts";

const pieceBytes = 256 << 10;

export interface PgcopyForm {
  encoding: BatchEncoding;
  maxRowBytes: number;
  /** Makes the error for a file that can't be read. */
  broken(reason: string): Error;
}

/** The columns of the rows, as the message names them; undefined where it does not. */
export function pgColumns({ columns, types }: BatchEncoding): (PgColumn & { type: PgType })[] | undefined {
  if (columns === undefined || types === undefined || columns.length !== types.length || columns.length === 0) return undefined;
  if (columns.some((name) => name === null) || types.some((type) => !pgTypes.includes(type as PgType))) return undefined;
  return columns.map((name, index) => ({ name: name as string, type: types[index] as PgType }));
}

/** @throws batch_file_broken, line_too_long */
export async function* readPgcopy(handle: FileHandle, lines: RecordLines, form: PgcopyForm): AsyncGenerator<Records> {
  const { encoding, maxRowBytes, broken } = form;
  const columns = pgColumns(encoding);
  if (columns === undefined) throw broken("the message does not name its columns and their types");
  const rows = new PgRowLines(columns, lines.ends);
  const take = (): Records => {
    const { count } = rows;
    return lines.run(rows.take(), count);
  };
  let bytes: Buffer = Buffer.alloc(0);
  let isAtStart = true;
  for (;;) {
    const rest = bytes.length;
    // A long row is not read again and again: the buffer doubles until it is in it.
    const next = Buffer.allocUnsafe(rest + Math.max(pieceBytes, rest));
    bytes.copy(next);
    const { bytesRead } = await handle.read(next, rest, next.length - rest, null);
    bytes = next.subarray(0, rest + bytesRead);
    const view = viewOf(bytes);
    let at = 0;
    if (isAtStart) {
      if (!bytes.subarray(0, pgHeader.length).equals(pgHeader)) throw broken("it does not begin as a binary COPY does");
      at = pgHeader.length;
      isAtStart = false;
    }
    for (;;) {
      const isNext = at + 2 <= bytes.length;
      const count = isNext ? view.getInt16(at) : 0;
      if (isNext && count === pgEnd) {
        if (at + 2 < bytes.length) throw broken("there are bytes after its end");
        if (rows.count > 0) yield take();
        return;
      }
      if (isNext && count !== columns.length) throw broken(`row ${lines.rows + rows.count + 1} has ${count} of ${columns.length} values`);
      const end = rowEnd(view, at, bytes.length);
      if (end < 0) break;
      rows.write(bytes, at);
      at = end;
      if (rows.isFull) yield take();
    }
    if (bytesRead === 0) throw broken("the file is cut");
    bytes = bytes.subarray(at);
    if (bytes.length > maxRowBytes)
      throw protocolErrors.line_too_long({ bytes: bytes.length, limit: maxRowBytes }, lines.positionAt(lines.rows + rows.count + 1));
  }
}
