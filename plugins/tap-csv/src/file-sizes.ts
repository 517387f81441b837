/** How many bytes a stream's files have, and how many of them are read. */
import { stat } from "node:fs/promises";
import type { InputFile } from "./source/source.ts";

export interface FileSizes {
  /** Of all files. undefined: one is a pipe, or can't be looked at. */
  total(): Promise<number | undefined>;
  /** The bytes before a file and `share` (0 to 1) of it; 0 before `total` is known. */
  read(input: InputFile, share: number): number;
}

/** The members of an archive have equal parts of its size. */
export function fileSizes(inputs: readonly InputFile[]): FileSizes {
  let starts: Map<InputFile, { start: number; size: number }> | undefined;
  return {
    async total() {
      const members = new Map<string, number>();
      for (const { path } of inputs) members.set(path, (members.get(path) ?? 0) + 1);
      const found = new Map<InputFile, { start: number; size: number }>();
      let start = 0;
      for (const input of inputs) {
        const file = await stat(input.path).catch(() => undefined);
        if (file?.isFile() !== true) return undefined;
        const size = Math.round(file.size / (members.get(input.path) ?? 1));
        found.set(input, { start, size });
        start += size;
      }
      starts = found;
      return start;
    },
    read(input, share) {
      const { start = 0, size = 0 } = starts?.get(input) ?? {};
      return Math.round(start + size * share);
    },
  };
}
