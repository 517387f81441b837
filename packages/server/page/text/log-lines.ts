/** A log for reading: which lines a search finds, and the parts of a text to mark. Pure. */
import type { Log } from "../../src/api/answers.ts";
import { formatInstant } from "./format.ts";

export type LogLine = Log["lines"][number];

/** Lines are drawn in blocks: those that are far from the window cost nothing, and those that did not change are not drawn again. */
export const blockLines = 200;

export function blocksOf(lines: readonly LogLine[]): LogLine[][] {
  return Array.from({ length: Math.ceil(lines.length / blockLines) }, (_, index) =>
    lines.slice(index * blockLines, (index + 1) * blockLines),
  );
}

/** A line as it is shown, with the time of the day on the reader's clock. */
export function textOf({ time, source, level, text }: LogLine): string {
  return `${time === "" ? "" : `${formatInstant(time).slice(11)} `}${source} ${level} ${text}`;
}

/** The numbers of the lines that hold the text, in any case of letters. */
export function findLines(lines: readonly LogLine[], search: string): number[] {
  if (search === "") return [];
  const sought = search.toLowerCase();
  return lines.filter((line) => textOf(line).toLowerCase().includes(sought)).map(({ number }) => number);
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

/** The colour of a level; debug is quiet. */
export function toneOf(level: string): string {
  if (errorLevels.includes(level)) return "bad-text";
  if (level === "warning") return "warn-text";
  return level === "debug" ? "quiet" : "";
}
