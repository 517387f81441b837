/**
 * Finds where to continue after a row that can't be read: at the first line that is a complete row by itself, so that one bad quote
 * costs one line and not the rest of the file. Each line is checked once.
 */
import type { ByteWindow } from "./byte-window.ts";
import { isAt, type Marks } from "./marks.ts";

const [lf, cr, space] = [0x0a, 0x0d, 0x20];

/**
 * The row starts at `from` and the error is at `brokenAt`. Returns the start of the first line between the two that has `width`
 * cells, else the start of the first line after `brokenAt`; -1 when more bytes are needed to decide.
 */
export function resumePosition(
  { bytes, to, isWhole }: ByteWindow,
  { from, brokenAt, width }: { from: number; brokenAt: number; width: number },
  marks: Marks,
): number {
  const endOf = (line: number): number => {
    const end = lineEnd(bytes, line, to);
    return !isWhole && (end === to || (end + 1 === to && bytes[end] === cr)) ? -1 : end;
  };
  for (let end = endOf(from); end >= 0 && end < to; ) {
    const line = afterLineEnd(bytes, end, to);
    if (line > brokenAt) return line;
    end = endOf(line);
    if (end >= 0 && countCells(bytes, line, end, marks) === width) return line;
  }
  return -1;
}

/** The position of the next line feed or carriage return; `to` when there is none. */
export function lineEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== lf && bytes[at] !== cr) at++;
  return at;
}

export function afterLineEnd(bytes: Uint8Array, end: number, to: number): number {
  return bytes[end] === cr && end + 1 < to && bytes[end + 1] === lf ? end + 2 : end + 1;
}

/** Counts the cells of a single line; -1 when a quote is anywhere but around a whole cell. */
function countCells(bytes: Uint8Array, from: number, to: number, marks: Marks): number {
  const { delimiter, quote, escaper, doubleQuote, skipInitialSpace } = marks;
  let at = from;
  for (let count = 1; ; count++) {
    if (skipInitialSpace) while (at < to && bytes[at] === space) at++;
    const isQuoted = isAt(quote, bytes, at, to) === true;
    if (isQuoted) at += quote.length;
    for (let isInside = isQuoted; ; ) {
      if (at >= to) return isInside ? -1 : count;
      if (isAt(escaper, bytes, at, to)) at += escaper.length + 1;
      else if (isAt(quote, bytes, at, to)) {
        if (!isInside) return -1;
        at += quote.length;
        if (doubleQuote && isAt(quote, bytes, at, to)) at += quote.length;
        else isInside = false;
      } else if (isInside) at++;
      else if (isAt(delimiter, bytes, at, to)) break;
      else if (isQuoted) return -1;
      else at++;
    }
    at += delimiter.length;
  }
}
