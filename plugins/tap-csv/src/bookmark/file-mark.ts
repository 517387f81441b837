/**
 * What the state keeps about a file: how far it was read, and a checksum to recognize a later file that starts with the same text.
 * Offsets and checksums are those of the unpacked UTF-8 text, so they also work for compressed and recoded files.
 */
import { isObject } from "@tapline/protocol";
import type { Json, Position, StreamState } from "@tapline/sdk";
import { errors } from "../errors.ts";

/** A position between two rows, in the UTF-8 text of a file. */
export interface FilePosition {
  offset: number;
  line: number;
}

/** `offset` and `line` are those after the last row that was sent. */
export interface FileMark extends FilePosition {
  /** Size on disk when the file was read; for a member, that of the archive. An unchanged file is not opened. */
  size: number;
  /** null when the file was written so recently that a later change might not show in its time; then the checksum decides. */
  mtime: string | null;
  /** The bytes that the checksum covers: at least `offset`. */
  checked: number;
  checksum: string;
  /** Checksum of dialect and header: where it differs, the same text gives different rows. */
  readAs: string;
  /** Whether the file was read to its end. */
  isDone: boolean;
  /** Whether all its rows were sent with the file's name, so that they can be replaced. */
  hasSource: boolean;
  /** Under which claim it was read; undefined: under none. */
  claim?: string | undefined;
}

/** Reads the marks, by file name, from the state. @throws file_bookmark_unusable */
export function readMarks(value: Json | undefined, position: Position): Map<string, FileMark> {
  if (value === undefined) return new Map();
  if (!isObject(value)) throw unusable(value, position);
  return new Map(Object.entries(value).map(([name, mark]) => [name, readMark(mark as Json, { ...position, file: name })]));
}

export function writeMarks(marks: ReadonlyMap<string, FileMark>): StreamState {
  return Object.fromEntries([...marks].map(([name, mark]) => [name, writeMark(mark)]));
}

function writeMark({ checked, readAs, isDone, hasSource, claim, ...mark }: FileMark): Json {
  return {
    ...mark,
    read_as: readAs,
    ...(isDone ? {} : { checked, is_done: false }),
    ...(hasSource ? { has_source: true } : {}),
    ...(claim === undefined ? {} : { claim }),
  };
}

function readMark(value: Json, position: Position): FileMark {
  if (!isObject(value)) throw unusable(value, position);
  const { size, mtime, offset, line, checked = offset, checksum, read_as: readAs, is_done = true, has_source: hasSource, claim } = value;
  const areNumbers = isCount(size) && isCount(offset) && isCount(line) && isCount(checked);
  const areTexts = (typeof mtime === "string" || mtime === null) && typeof checksum === "string" && typeof readAs === "string";
  if (!areNumbers || !areTexts || checked < offset || typeof is_done !== "boolean") throw unusable(value, position);
  const itsClaim = typeof claim === "string" ? { claim } : {};
  return { size, mtime, offset, line, checked, checksum, readAs, isDone: is_done, hasSource: hasSource === true, ...itsClaim };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function unusable(value: Json, position: Position): Error {
  return errors.file_bookmark_unusable({ value: JSON.stringify(value).slice(0, 60) }, position);
}

/** Whether size and time show that the file is as it was when it was read. */
export const isAsMarked = ({ size, mtime }: FileMark, found: Pick<FileMark, "size" | "mtime">): boolean =>
  mtime !== null && size === found.size && mtime === found.mtime;
