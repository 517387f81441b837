/** Splits a plugin's output into lines of bounded length, so that a plugin that never ends a line can't fill the memory. */
import type { Readable } from "node:stream";
import split2 from "split2";

export interface LineOptions {
  /** In characters. A longer line is dropped. */
  maxLength?: number;
}

/** Calls `onLine` for each line, also for a last line without a line end. Resolves when the stream has ended or was cut off. */
export function readLines(stream: Readable, onLine: (line: string) => void, { maxLength = 64 * 2 ** 20 }: LineOptions = {}): Promise<void> {
  const lines = split2(/\r?\n/, { maxLength, skipOverflow: true } as split2.Options);
  lines.on("data", onLine);
  stream.on("error", () => {});
  // A destroyed stream does not end the streams it is piped into.
  stream.on("close", () => lines.end());
  stream.pipe(lines, { end: false });
  return new Promise((resolve) => {
    lines.on("end", resolve);
  });
}

/** The lines as they arrive, of any length, also a last line without a line end. Ends early where the stream is cut off. */
export async function* eachLine(stream: Readable): AsyncGenerator<string> {
  stream.setEncoding("utf8");
  let parts: string[] = [];
  try {
    for await (const piece of stream as AsyncIterable<string>) {
      const [first = "", ...others] = piece.split("\n");
      parts.push(first);
      for (const next of others) {
        yield parts.join("");
        parts = [next];
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    return;
  }
  const last = parts.join("");
  if (last !== "") yield last;
}
