/** What writes values into buffers. */
import type { ColumnBuffer } from "./column-buffer.ts";

/** Writes one value that is not null at `at`. @throws Refusal */
export type WriteValue = (view: DataView, at: number, value: unknown) => void;

/** Appends values[0..count); null and undefined are NULL. @throws Refusal, after which the buffer's contents are undefined */
export type Append = (values: readonly unknown[], count: number, out: ColumnBuffer) => void;
