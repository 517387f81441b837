/**
 * Whether lines that begin with `#` are comments: when they don't look like the rows around them. Where all of them stand before
 * the table they are skipped by number, so that a row further on which begins with `#` is not taken for one.
 */
import { isName, kindOf } from "./cell-kind.ts";
import type { SampleRow } from "./split.ts";

export interface CommentChoice {
  /** What lines to leave out begin with. */
  readonly comment: string | null;
  /** The line of the last comment, where they all stand before the table. */
  readonly before?: number;
  readonly evidence: string;
}

const mark = "#";

/** `rows` were split without leaving comments out. */
export function chooseComment(rows: readonly SampleRow[], columns: number): CommentChoice {
  const isMarked = ({ cells, quoted }: SampleRow): boolean => cells[0]?.startsWith(mark) === true && quoted[0] !== true;
  const marked = rows.filter(isMarked);
  const start = rows.findIndex((row) => !isMarked(row));
  if (marked.length === 0) return { comment: null, evidence: "no line begins with #" };
  const before = start === marked.length ? marked.at(-1)?.line : undefined;
  // The last one before the table may hold its names.
  const unlike = marked.filter((row) => row.cells.length !== columns || (before !== undefined && marked.length > 1 && row.line === before));
  // One column has no cells to tell by.
  const isRemark = columns > 1 ? unlike.length === marked.length : before !== undefined && /^#[ !#]/.test(marked[0]?.cells[0] ?? "");
  if (start < 0 || !isRemark) return { comment: null, evidence: "lines that begin with # look like the rows" };
  if (before !== undefined) return { comment: mark, before, evidence: "the lines that begin with # are all before the table" };
  return { comment: mark, evidence: `${marked.length} lines begin with it, none of them with as many cells as the rows` };
}

/** The last of the comments, where it names the columns of a table that has no other header: `# id, name`. */
export function headerInComment(rows: readonly SampleRow[], before: number, columns: number): SampleRow | undefined {
  const last = rows.find(({ line }) => line === before);
  const isNames = columns > 1 && last?.cells.length === columns && last.cells.every((cell) => isName(kindOf(cell)));
  return isNames ? last : undefined;
}
