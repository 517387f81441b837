/**
 * What a state remembers of a file: how far it was read, and the checksum that proves a later file to start with the same
 * text. Offsets and checksums are of the text as UTF-8, unpacked, so they hold for compressed and recoded files as well.
 */
import type { Json, Position, StreamState } from "@tapline/sdk";
import { errors } from "../errors.ts";

export interface FileMark {
  /** Of the file on disk when it was read (an archive's, for its members): unchanged ones are not opened. */
  size: number;
  /** null: it was written so shortly before that a clock's tick may hide a later change; then only the checksum tells. */
  mtime: string | null;
  /** Bytes of text behind the last row that was sent, and the line there. */
  offset: number;
  line: number;
  /** So many bytes were read when the checksum was taken: at or past `offset`. */
  checked: number;
  checksum: string;
  /** How it was read: where that differs, the same text is other rows. */
  readAs: string;
  /** The file was read to its end. */
  isDone: boolean;
}

/** By the names of files. @throws bookmark_unusable */
export function readMarks(value: Json | undefined, position: Position): Map<string, FileMark> {
  if (value === undefined) return new Map();
  if (!isObject(value)) throw unusable(value, position);
  return new Map(Object.entries(value).map(([name, mark]) => [name, readMark(mark, { ...position, file: name })]));
}

export function writeMarks(marks: ReadonlyMap<string, FileMark>): StreamState {
  return Object.fromEntries([...marks].map(([name, mark]) => [name, writeMark(mark)]));
}

function writeMark({ checked, readAs, isDone, ...mark }: FileMark): Json {
  return { ...mark, read_as: readAs, ...(isDone ? {} : { checked, is_done: false }) };
}

function readMark(value: Json, position: Position): FileMark {
  if (!isObject(value)) throw unusable(value, position);
  const { size, mtime, offset, line, checked = offset, checksum, read_as: readAs, is_done = true } = value;
  const areNumbers = isCount(size) && isCount(offset) && isCount(line) && isCount(checked);
  const areTexts = (typeof mtime === "string" || mtime === null) && typeof checksum === "string" && typeof readAs === "string";
  if (!areNumbers || !areTexts || checked < offset || typeof is_done !== "boolean") throw unusable(value, position);
  return { size, mtime, offset, line, checked, checksum, readAs, isDone: is_done };
}

const isObject = (value: Json): value is { [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function unusable(value: Json, position: Position): Error {
  return errors.file_bookmark_unusable({ value: JSON.stringify(value).slice(0, 60) }, position);
}
