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
export function split(text: string, trial: Trial, comment: string | null = null): SampleRow[] {
  const { delimiter, skipInitialSpace } = trial;
  const quote = trial.quote?.charCodeAt(0) ?? -1;
  const escaper = trial.escape?.charCodeAt(0) ?? -1;
  const first = delimiter.charCodeAt(0);
  const isDelimiter = (at: number): boolean => text.charCodeAt(at) === first && (delimiter.length === 1 || text.startsWith(delimiter, at));
  const isEnd = (at: number): boolean => at >= text.length || text.charCodeAt(at) === lf || text.charCodeAt(at) === cr;
  const rows: SampleRow[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    if (isEnd(at) || (comment !== null && text.startsWith(comment, at))) {
      while (!isEnd(at)) at++;
      at = afterLineEnd(text, at);
      line++;
      continue;
    }
    const row = { line, cells: [] as string[], quoted: [] as boolean[], strays: 0 };
    for (;;) {
      if (skipInitialSpace) while (text.charCodeAt(at) === space) at++;
      const end: number = text.charCodeAt(at) === quote ? closingQuote(at) : -1;
      if (end >= 0) {
        row.cells.push(text.slice(at + 1, end));
        row.quoted.push(true);
        at = end + 1;
      } else {
        const start = at;
        if (text.charCodeAt(at) === quote) row.strays++;
        while (!isEnd(at) && !isDelimiter(at)) at += text.charCodeAt(at) === escaper && at + 1 < text.length ? 2 : 1;
        row.cells.push(text.slice(start, at));
        row.quoted.push(false);
      }
      if (isEnd(at)) break;
      at += delimiter.length;
    }
    at = afterLineEnd(text, at);
    line++;
    rows.push(row);

    /** The position of the closing quote; -1 when there is none or a later quote shows that the opening one is stray. */
    function closingQuote(from: number): number {
      let strays = 0;
      let lines = 0;
      for (let i = from + 1; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code === lf || (code === cr && text.charCodeAt(i + 1) !== lf)) lines++;
        else if (code === escaper && escaper !== quote) i++;
        else if (code === quote) {
          if (isEnd(i + 1) || isDelimiter(i + 1)) {
            row.strays += strays;
            line += lines;
            return i;
          }
          if (text.charCodeAt(i + 1) === quote) i++;
          else if (i > from + 1 && text.startsWith(delimiter, i - delimiter.length)) return -1;
          else if (++strays > maxStrays) return -1;
        }
      }
      return -1;
    }
  }
  return rows;
}

function afterLineEnd(text: string, at: number): number {
  return text.charCodeAt(at) === cr && text.charCodeAt(at + 1) === lf ? at + 2 : at + 1;
}
