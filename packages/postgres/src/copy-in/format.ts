/** What the two formats of COPY, text and binary, have in common for a column and for rows. */
import type { Lane } from "@tapline/columns";
import type { CellChunk, CellSegment } from "@tapline/sdk";
import type { CopyScratch } from "./scratch.ts";

/** Puts the cell of one row, which is neither null nor absent, into its place. @returns false where it must be written as a value */
export type PutCell = (scratch: CopyScratch, column: number, row: number, chunk: CellChunk, cell: number, segment: CellSegment) => boolean;

/** How the values of one column are spelled in a format. */
export interface ColumnFormat {
  putCell: PutCell;
  /** Writes a value that is not null after the bytes in use. @throws Refusal, after which the bytes after those are undefined */
  write(value: unknown, out: Lane): void;
}

export interface CopyFormat {
  name: "text" | "binary";
  /** What a COPY begins and ends with. */
  head: Buffer;
  tail: Buffer;
  /** The first `count` rows, from where their values are. `segments`: where their own lines are, if values are in them. */
  join(scratch: CopyScratch, take: TakeBytes, count: number, segments?: readonly CellSegment[]): Buffer;
}

/** @returns room for so many bytes */
export type TakeBytes = (size: number) => Buffer;

export const newBytes: TakeBytes = (size) => Buffer.allocUnsafeSlow(size);
