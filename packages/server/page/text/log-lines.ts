/** A log for reading: which lines a search finds, and the parts of a text to mark. Pure. */
import type { Log } from "../../src/api/answers.ts";

export type LogLine = Log["lines"][number];

/** Lines are drawn in blocks: those that are far from the window cost nothing, and those that did not change are not drawn again. */
export const blockLines = 200;

export function blocksOf(lines: readonly LogLine[]): LogLine[][] {
  return Array.from({ length: Math.ceil(lines.length / blockLines) }, (_, index) =>
    lines.slice(index * blockLines, (index + 1) * blockLines),
  );
}

/** The numbers of the lines that hold the text, in any case of letters. */
export function findLines(lines: readonly LogLine[], search: string): number[] {
  if (search === "") return [];
  const sought = search.toLowerCase();
  return lines.filter(({ source, text }) => `${source} ${text}`.toLowerCase().includes(sought)).map(({ number }) => number);
}

/** The text cut into parts, every second of which is to be marked. */
export function markParts(text: string, search: string): string[] {
  if (search === "") return [text];
  const [lower, sought] = [text.toLowerCase(), search.toLowerCase()];
  // A letter may change its length with its case: then places in one text are not places in the other.
  if (lower.length !== text.length) return [text];
  const parts: string[] = [];
  let start = 0;
  for (let at = lower.indexOf(sought); at >= 0; at = lower.indexOf(sought, start)) {
    parts.push(text.slice(start, at), text.slice(at, at + sought.length));
    start = at + sought.length;
  }
  return [...parts, text.slice(start)];
}

const errorLevels = ["error", "critical", "fail"];
export const isErrorLine = ({ level }: LogLine): boolean => errorLevels.includes(level);

/** The colour of a level; debug is quiet. */
export function toneOf(level: string): string {
  if (errorLevels.includes(level)) return "bad-text";
  if (level === "warning") return "warn-text";
  return level === "debug" ? "quiet" : "";
}
