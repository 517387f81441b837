/** What the state keeps of each file: what it was when it was read, and how far it was read. */
import { isObject } from "@tapline/protocol";
import type { Json, StreamState } from "@tapline/sdk";
import { errors } from "../errors.ts";

export interface Mark {
  size: number;
  mtime: string;
  /** Of all bytes; undefined for an object in S3, and while it is not read to its end. */
  checksum: string | undefined;
  /** So many rows from the start were sent; undefined: all. */
  rows: number | undefined;
  /** Whether all its rows were sent with the file's name, so that they can be replaced. */
  hasSource: boolean;
}

/** @throws file_bookmark_unusable */
export function readMarks(value: Json | undefined, stream: string): Map<string, Mark> {
  if (value === undefined) return new Map();
  if (!isObject(value)) throw unusable(value, stream);
  return new Map(Object.entries(value).map(([name, mark]) => [name, readMark(mark as Json, stream)]));
}

export function writeMarks(marks: ReadonlyMap<string, Mark>): StreamState {
  return Object.fromEntries(
    [...marks].map(([name, { size, mtime, checksum, rows, hasSource }]) => [
      name,
      {
        ...{ size, mtime },
        ...(checksum === undefined ? {} : { checksum }),
        ...(rows === undefined ? {} : { rows }),
        ...(hasSource ? { has_source: true } : {}),
      },
    ]),
  );
}

function readMark(value: Json, stream: string): Mark {
  if (!isObject(value)) throw unusable(value, stream);
  const { size, mtime, checksum, rows, has_source } = value;
  const isRight =
    isCount(size) &&
    typeof mtime === "string" &&
    (checksum === undefined || typeof checksum === "string") &&
    (rows === undefined || isCount(rows));
  if (!isRight) throw unusable(value, stream);
  return { size, mtime, checksum, rows, hasSource: has_source === true };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function unusable(value: Json, stream: string): Error {
  return errors.file_bookmark_unusable({ value: JSON.stringify(value).slice(0, 60) }, { stream });
}
