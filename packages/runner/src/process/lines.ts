/** A plugin's output line by line, with a bound, so a plugin that never ends a line can't fill the memory. */
import type { Readable } from "node:stream";
import split2 from "split2";

export interface LineOptions {
  /** Characters; a longer line is dropped. */
  maxLength?: number;
}

/** Calls back for each line, also for a last one without an end; resolves when the stream has ended or broken off. */
export function readLines(stream: Readable, onLine: (line: string) => void, { maxLength = 64 * 2 ** 20 }: LineOptions = {}): Promise<void> {
  const lines = split2(/\r?\n/, { maxLength, skipOverflow: true } as split2.Options);
  lines.on("data", onLine);
  stream.on("error", () => {});
  // A stream that is destroyed ends nothing downstream.
  stream.on("close", () => lines.end());
  stream.pipe(lines, { end: false });
  return new Promise((resolve) => {
    lines.on("end", resolve);
  });
}
