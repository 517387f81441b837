/** Cuts a byte stream into lines of text, with a bound, so a plugin that never ends a line can't fill the memory. */

import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

export interface LineOptions {
  /** Longer lines are cut there; the rest of such a line is dropped. */
  maxLength?: number;
}

/** Calls back for each line, also for a last one without an end; resolves when the stream has ended or broken off. */
export function readLines(stream: Readable, onLine: (line: string) => void, options: LineOptions = {}): Promise<void> {
  const splitter = splitLines(onLine, options);
  return new Promise((resolve) => {
    stream.on("data", (chunk: Buffer) => splitter.write(chunk));
    stream.on("error", () => {});
    stream.on("close", () => {
      splitter.end();
      resolve();
    });
  });
}

export function splitLines(
  onLine: (line: string) => void,
  { maxLength = 64 * 2 ** 20 }: LineOptions = {},
): { write(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder("utf8");
  let held: string[] = [];
  let heldLength = 0;
  const hold = (text: string): void => {
    const kept = text.slice(0, Math.max(0, maxLength - heldLength));
    if (kept !== "") held.push(kept);
    heldLength += kept.length;
  };
  const release = (): void => {
    const line = held.join("");
    held = [];
    heldLength = 0;
    onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  };
  const add = (text: string): void => {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      hold(text.slice(start, end));
      release();
      start = end + 1;
    }
    hold(text.slice(start));
  };
  return {
    write: (chunk) => add(decoder.write(chunk)),
    end() {
      add(decoder.end());
      if (heldLength > 0) release();
    },
  };
}
