/**
 * Splits a sample into rows and cells under a dialect that is being tried. It accepts what the tokenizer refuses, but counts it: a
 * wrong dialect has a high count.
 */

export interface Trial {
  readonly delimiter: string;
  readonly quote: string | null;
  readonly escape: string | null;
  readonly skipInitialSpace: boolean;
}

export interface SampleRow {
  /** From 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Whether the cell was in quotes, for each cell. */
  readonly quoted: readonly boolean[];
  /** Count of quotes in places where they are not allowed. */
  readonly strays: number;
}

/** A cell with more stray quotes is not a quoted cell; a longer search would make wrong dialects slow. */
const maxStrays = 20;

const [lf, cr, space] = [10, 13, 32];

/** Skips blank lines and lines that start with `comment`. A last row without a line end counts. */
export function split(
  text: string,
  { delimiter, quote, escape: escaper, skipInitialSpace }: Trial,
  comment: string | null = null,
): SampleRow[] {
  const quoteCode = quote?.charCodeAt(0) ?? -1;
  const cells = cellsOf(text, delimiter, escaper, quote);
  const rows: SampleRow[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    if (cells.isLineEnd(at) || (comment !== null && text.startsWith(comment, at))) {
      at = afterLineEnd(text, cells.lineEnd(at));
      line++;
      continue;
    }
    const row = { line, cells: [] as string[], quoted: [] as boolean[], strays: 0 };
    for (;;) {
      if (skipInitialSpace) while (text.charCodeAt(at) === space) at++;
      const isOpened = text.charCodeAt(at) === quoteCode;
      const closing = isOpened ? cells.closingQuote(at) : undefined;
      row.quoted.push(closing !== undefined);
      if (closing === undefined) {
        if (isOpened) row.strays++;
        const end = cells.cellEnd(at);
        row.cells.push(text.slice(at, end));
        at = end;
      } else {
        row.cells.push(text.slice(at + 1, closing.at));
        row.strays += closing.strays;
        line += lineEndsIn(text, at, closing.at);
        at = closing.at + 1;
      }
      if (cells.isLineEnd(at)) break;
      at += delimiter.length;
    }
    at = afterLineEnd(text, at);
    line++;
    rows.push(row);
  }
  return rows;
}

/**
 * Finds where cells end, by `indexOf`: a loop over characters would be optimized while the program starts, which takes longer than
 * the detection itself.
 */
function cellsOf(text: string, delimiter: string, escaper: string | null, quote: string | null) {
  const next = { delimiter: finder(text, delimiter), lf: finder(text, "\n"), cr: finder(text, "\r"), quote: finder(text, quote ?? "\0") };
  const lineEnd = (from: number): number => Math.min(next.lf(from), next.cr(from));
  const isLineEnd = (at: number): boolean => at >= text.length || text.charCodeAt(at) === lf || text.charCodeAt(at) === cr;
  const isEscaped = escaper === null ? () => false : (at: number, start: number): boolean => hasOddRun(text, escaper, at, start);
  return {
    lineEnd,
    isLineEnd,
    /** The end of a cell without quotes. */
    cellEnd(start: number): number {
      for (let from = start; ; ) {
        const end = Math.min(next.delimiter(from), lineEnd(from));
        if (end >= text.length || !isEscaped(end, start)) return Math.min(end, text.length);
        from = end + 1;
      }
    },
    /** Where the closing quote is, with the count of stray quotes before it; undefined without one, or when a later quote shows that the opening one is stray. */
    closingQuote(start: number): { at: number; strays: number } | undefined {
      let strays = 0;
      for (let at = next.quote(start + 1); at < text.length; at = next.quote(at + 1)) {
        if (escaper !== quote && isEscaped(at, start + 1)) continue;
        if (isLineEnd(at + 1) || text.startsWith(delimiter, at + 1)) return { at, strays };
        if (text.charCodeAt(at + 1) === text.charCodeAt(at)) at++;
        else if (at > start + 1 && text.startsWith(delimiter, at - delimiter.length)) return undefined;
        else if (++strays > maxStrays) return undefined;
      }
      return undefined;
    },
  };
}

/** Finds the next occurrence from a position on, the length of the text if there is none. Positions mostly grow, so the last find often is the next. */
function finder(text: string, word: string): (from: number) => number {
  let [asked, found] = [0, -1];
  return (from) => {
    if (from < asked || from > found) {
      const at = text.indexOf(word, from);
      [asked, found] = [from, at < 0 ? text.length : at];
    }
    return found;
  };
}

/** Whether an odd count of escape characters is directly before `at`: then the last of them makes the character there plain text. */
function hasOddRun(text: string, escaper: string, at: number, start: number): boolean {
  let from = at;
  while (from > start && text[from - 1] === escaper) from--;
  return (at - from) % 2 === 1;
}

function lineEndsIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === lf || (code === cr && text.charCodeAt(at + 1) !== lf)) count++;
  }
  return count;
}

function afterLineEnd(text: string, at: number): number {
  return text.charCodeAt(at) === cr && text.charCodeAt(at + 1) === lf ? at + 2 : at + 1;
}
