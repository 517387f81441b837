import type { CellChunk } from "@tapline/sdk";
import type { ColumnBuffer } from "../buffers/column-buffer.ts";

/** Appends the cells from `cells` on, one for each row of the chunk. @throws Refusal, after which the buffer's contents are undefined */
export type AppendCells = (chunk: CellChunk, cells: number, out: ColumnBuffer) => void;
