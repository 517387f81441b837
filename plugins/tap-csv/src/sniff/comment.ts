/**
 * Decides whether lines that begin with `#` are comments: they are if they do not look like the other rows. When all of them are
 * before the table, they are skipped by line number, so that a later row that begins with `#` is not taken for a comment.
 */
import { isName, kindOf } from "./cell-kind.ts";
import type { SampleRow } from "./split.ts";

export interface CommentChoice {
  /** The start of comment lines. */
  readonly comment: string | null;
  /** The line of the last comment when all comments are before the table. */
  readonly before?: number;
  readonly evidence: string;
}

const mark = "#";

/** `rows`: with the comments. */
export function chooseComment(rows: readonly SampleRow[], columns: number): CommentChoice {
  const isMarked = ({ cells, quoted }: SampleRow): boolean => cells[0]?.startsWith(mark) === true && quoted[0] !== true;
  const marked = rows.filter(isMarked);
  const start = rows.findIndex((row) => !isMarked(row));
  if (marked.length === 0) return { comment: null, evidence: "no line begins with #" };
  const before = start === marked.length ? marked.at(-1)?.line : undefined;
  // The last one before the table may have the column names.
  const unlike = marked.filter((row) => row.cells.length !== columns || (before !== undefined && marked.length > 1 && row.line === before));
  // In a table of one column the count of cells shows nothing.
  const isRemark = columns > 1 ? unlike.length === marked.length : before !== undefined && /^#[ !#]/.test(marked[0]?.cells[0] ?? "");
  if (start < 0 || !isRemark) return { comment: null, evidence: "lines that begin with # look like the other rows" };
  if (before !== undefined) return { comment: mark, before, evidence: "the lines that begin with # are all before the table" };
  return { comment: mark, evidence: `${marked.length} lines begin with it, and none of them has as many cells as the rows` };
}

/** The last comment, if it has the column names of a table without another header: `# id, name`. */
export function headerInComment(rows: readonly SampleRow[], before: number, columns: number): SampleRow | undefined {
  const last = rows.find(({ line }) => line === before);
  const isNames = columns > 1 && last?.cells.length === columns && last.cells.every((cell) => isName(kindOf(cell)));
  return isNames ? last : undefined;
}
