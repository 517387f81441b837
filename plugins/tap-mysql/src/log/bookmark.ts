/**
 * The bookmark of a stream that is read from the log: how far, of which server, and what the table was then. It is valid only where all of
 * that is still so. Pure.
 */
import { isObject } from "@tapline/protocol";
import type { StreamState } from "@tapline/sdk";
import type { LogPosition } from "./position.ts";
import type { ColumnMarks } from "./shape.ts";

export interface LogBookmark extends LogPosition {
  /** Of the transaction before the place; "" where the server has none. */
  gtid: string;
  /** The server whose log it is: another one has other files. */
  server: string;
  /** The version of the rows. */
  version: number;
  columns: ColumnMarks;
  /** The log no longer tells what the rows are: the table must be read again. */
  resync: boolean;
}

/** Undefined where the state is none of this kind, such as that of another replication method. */
export function readBookmark(state: StreamState): LogBookmark | undefined {
  const { log_file: file, log_pos: position, gtid, server, version, columns, resync } = state;
  const isWhole =
    typeof file === "string" &&
    typeof position === "number" &&
    typeof server === "string" &&
    typeof version === "number" &&
    isObject(columns);
  if (!isWhole) return undefined;
  const marks = Object.fromEntries(Object.entries(columns).map(([name, mark]) => [name, String(mark)]));
  return { file, position, gtid: typeof gtid === "string" ? gtid : "", server, version, columns: marks, resync: resync === true };
}

export function bookmarkState({ file, position, gtid, resync, columns, ...rest }: LogBookmark): StreamState {
  return {
    log_file: file,
    log_pos: position,
    ...(gtid === "" ? {} : { gtid }),
    ...rest,
    columns: { ...columns },
    ...(resync ? { resync } : {}),
  };
}
