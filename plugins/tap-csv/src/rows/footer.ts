/**
 * Leaves out the lines after a table, for the setting `footer`: the last lines are held back until more follow or the file ends. The
 * position of the source is before them, so that a file that grows is continued there.
 */
import { errors } from "../errors.ts";
import type { Dialect } from "../sniff/dialect.ts";
import { isLoneNote, isUnnamedTotal, looksLikeFooter } from "../sniff/footer.ts";
import { split } from "../sniff/split.ts";
import type { Source } from "../source/source.ts";

/** How many last lines `auto` may leave out. */
const autoLines = 3;
const pieceBytes = 64 * 1024;
const [lf, cr, space, tab] = [0x0a, 0x0d, 0x20, 0x09];

export interface FooterOptions {
  footer: number | "auto";
  /** Lines before the header, and the header, are never held back. */
  dialect: Dialect;
  /** The most bytes to hold back. */
  maxBytes: number;
  /** `before`: the lines held back before this one. */
  isFooter: (line: string, header: string, before: readonly string[]) => boolean;
  /** Called at the end with the lines that were left out, if any. */
  onFooter: (lines: readonly string[]) => void;
}

/** @throws row_over_budget while reading, when the last lines are longer than `maxBytes` */
export function withoutFooter(source: Source, { footer, dialect, maxBytes, isFooter, onFooter }: FooterOptions): Source {
  const count = footer === "auto" ? autoLines : footer;
  const blanks = blanksOf(dialect);
  let linesToPass = dialect.skip + dialect.header;
  let header = "";
  /** Bytes that may be given out, and those that are held back after them. */
  let ready: Buffer = Buffer.alloc(0);
  let held: Buffer = Buffer.alloc(0);
  let isAtEnd = false;

  const refill = async (): Promise<void> => {
    const piece = Buffer.alloc(pieceBytes);
    const length = await source.read(piece);
    isAtEnd = length === 0;
    const all = isAtEnd ? held : Buffer.concat([held, piece.subarray(0, length)]);
    const first = endOfLines(all, linesToPass);
    if (first.end > 0) header = linesOf(all.subarray(0, first.end), blanks).at(-1)?.text || header;
    linesToPass -= first.lines;
    let at = Math.max(first.end, startOfLast(all, count, blanks));
    if (isAtEnd) {
      const left = linesOf(all.subarray(at), blanks);
      const from =
        footer === "auto"
          ? firstFooter(
              left.map(({ text }) => text),
              (line, before) => isFooter(line, header, before),
            )
          : 0;
      const out = left.slice(from);
      at += left[from]?.start ?? all.length - at;
      if (out.length > 0) onFooter(out.map(({ text }) => text));
    }
    ready = all.subarray(0, at);
    held = all.subarray(at);
    if (held.length > maxBytes) throw errors.row_over_budget({ limit: maxBytes, quoteLine: 0 });
  };

  return {
    name: source.name,
    size: source.size,
    modifiedAt: source.modifiedAt,
    isSeekable: source.isSeekable,
    get position() {
      return source.position - held.length - ready.length;
    },
    async read(into) {
      while (ready.length === 0 && !isAtEnd) await refill();
      const length = Math.min(into.length, ready.length);
      into.set(ready.subarray(0, length));
      ready = ready.subarray(length);
      return length;
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

/** Whether a line of the file is a footer rather than a row. `header`: the line of the header, which shows how many cells a row has. */
export function isFooterLine(line: string, header: string, before: readonly string[], dialect: Dialect): boolean {
  const columns = cellsIn(header, dialect).length;
  const cells = cellsIn(line, dialect);
  const rows = before.map((one) => cellsIn(one, dialect));
  return looksLikeFooter(cells, columns) || isLoneNote(cells, columns) || isUnnamedTotal(cells, columns, rows);
}

export const cellsIn = (line: string, dialect: Dialect): readonly string[] => split(line, dialect)[0]?.cells ?? [];

/** The index of the first line from which on all lines are footers. */
function firstFooter(lines: readonly string[], isFooter: (line: string, before: readonly string[]) => boolean): number {
  let from = lines.length;
  while (from > 0 && isFooter(lines[from - 1] as string, lines.slice(0, from - 1))) from--;
  return from;
}

/** Where the first `count` lines end, and how many of them there are. */
function endOfLines(bytes: Buffer, count: number): { end: number; lines: number } {
  let end = 0;
  let lines = 0;
  while (lines < count && end < bytes.length) {
    while (end < bytes.length && !isLineEnd(bytes[end])) end++;
    if (end === bytes.length) break;
    end += bytes[end] === cr && bytes[end + 1] === lf ? 2 : 1;
    lines++;
  }
  return { end, lines };
}

/** Where the last `count` lines that have text start. */
function startOfLast(bytes: Buffer, count: number, blanks: Uint8Array): number {
  let at = bytes.length;
  for (let found = 0; found < count; ) {
    let end = at;
    while (end > 0 && isLineEnd(bytes[end - 1])) end--;
    let start = end;
    while (start > 0 && !isLineEnd(bytes[start - 1])) start--;
    if (end === 0) return 0;
    if (!isBlank(bytes, start, end, blanks)) found++;
    at = start;
  }
  return at;
}

/** The lines that have text. */
function linesOf(bytes: Buffer, blanks: Uint8Array): { start: number; text: string }[] {
  const lines: { start: number; text: string }[] = [];
  for (let start = 0; start < bytes.length; ) {
    let end = start;
    while (end < bytes.length && !isLineEnd(bytes[end])) end++;
    if (!isBlank(bytes, start, end, blanks)) lines.push({ start, text: bytes.subarray(start, end).toString() });
    start = end + 1;
  }
  return lines;
}

const isLineEnd = (byte: number | undefined): boolean => byte === lf || byte === cr;

/** 1 for blanks and for the delimiter; rows of empty cells are no rows. */
function blanksOf({ delimiter }: Dialect): Uint8Array {
  const blanks = new Uint8Array(256);
  for (const byte of [space, tab, ...Buffer.from(delimiter)]) blanks[byte] = 1;
  return blanks;
}

function isBlank(bytes: Buffer, start: number, end: number, blanks: Uint8Array): boolean {
  for (let at = start; at < end; at++) if (blanks[bytes[at] as number] === 0) return false;
  return true;
}
