/** Says how a file differs from what it was when it was read. */
import { describeStatChange, type FileStat } from "@tapline/sdk";
import type { FileMark } from "./file-mark.ts";
import type { FileChange } from "./marked-files.ts";

export function describeChanges(mark: FileMark, stat: FileStat | undefined, change: FileChange): string[] {
  return [...describeStatChange(mark, stat), describeChange[change]];
}

const describeChange: Record<FileChange, string> = {
  text: "the part of the file that was read before has changed",
  "last row": "the last row that was read got longer; the text before is the same",
  reading: "its encoding, dialect or header is now read in another way",
};
