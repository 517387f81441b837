/**
 * A sample's text to rows of cells under one dialect that is being tried. Forgiving where the real reader is strict, and it counts
 * what it forgave: a wrong dialect shows by that.
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
  /** Quotes that stand where none may. */
  readonly strays: number;
}

/** A cell with more of them is none in quotes; looking further would make a wrong dialect's trial slow. */
const mostStrays = 20;

const [lf, cr, space] = [10, 13, 32];

/** Blank lines are no rows. `comment` begins lines to leave out. A last row without a line end counts as whole. */
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
      at = behindLineEnd(text, at);
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
    at = behindLineEnd(text, at);
    line++;
    rows.push(row);

    /** Where the quote that opens at `from` closes; -1 when it closes nowhere or a quote further on shows that it is a stray one. */
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
          else if (++strays > mostStrays) return -1;
        }
      }
      return -1;
    }
  }
  return rows;
}

function behindLineEnd(text: string, at: number): number {
  return text.charCodeAt(at) === cr && text.charCodeAt(at + 1) === lf ? at + 2 : at + 1;
}
