/** Finds the table in a sample: comments, lines before the header, and rows of the header. */
import { type CommentChoice, chooseComment, headerInComment } from "./comment.ts";
import { type Choice, chooseDelimiter } from "./delimiter.ts";
import type { Dialect, GivenDialect } from "./dialect.ts";
import { chooseHeader, type HeaderDoubt } from "./header.ts";
import { isSameHeader } from "./same-header.ts";
import { type SampleRow, split } from "./split.ts";
import { endsEmpty, usualCount, withoutLastCell } from "./trailing-delimiter.ts";

type Part = "comment" | "skip" | "header";

export interface Layout extends Pick<Dialect, Part> {
  readonly choice: Choice;
  /** The rows of the table, with the header. Lines count from the start of the file. */
  readonly rows: readonly SampleRow[];
  readonly evidence: Pick<Record<keyof Dialect, string>, Part>;
  readonly doubt?: HeaderDoubt;
}

/** `text`: without the lines that `given.skip` skips. `names`: columns that the config names. */
export function chooseLayout(text: string, given: GivenDialect, names: ReadonlySet<string> = new Set()): Layout {
  const found = layoutOf(text, given, names, chooseWithComment(text, given));
  const { choice, header, rows } = found;
  if (given.trailingDelimiter !== undefined || choice.trial.delimiter !== "," || header > 0 || !choice.endsWithDelimiter) return found;
  // Semicolons, bars and tabs often end rows. A comma rarely does, so without a header the cell after it is a column without values.
  const isColumn = { ...given, trailingDelimiter: false };
  const wider = layoutOf(text, isColumn, names, chooseWithComment(text, isColumn));
  if (wider.header > 0 || wider.choice.trial.delimiter !== ",") return found;
  const words =
    "every row ends with a comma, and the empty cell after it was read as a column; if it is none, set trailing_delimiter to true";
  return { ...wider, doubt: wider.doubt ?? { line: rows[0]?.line ?? 1, words } };
}

function layoutOf(
  text: string,
  given: GivenDialect,
  names: ReadonlySet<string>,
  { choice: found, comment }: { choice: Choice; comment: CommentChoice },
): Layout {
  const headed = withHeaderDelimiter(found, given);
  if (headed !== undefined) {
    const layout = layoutOf(text, { ...given, trailingDelimiter: true }, names, { choice: headed, comment });
    if (layout.header > 0) return layout;
  }
  const choice = found;
  const { columns } = choice.score;
  const rows = choice.rows.map((row) => ({ ...row, line: row.line + (given.skip ?? 0) }));
  const { skip, header, evidence, doubt } = chooseHeader(rows, columns, given, names);
  const doubted = doubt === undefined ? {} : { doubt };
  const { before } = comment;
  if (before === undefined || given.skip !== undefined || skip >= before) {
    const table = rows.filter(({ line }) => line > skip);
    return {
      choice,
      rows: table,
      comment: comment.comment,
      skip,
      header,
      evidence: { comment: comment.evidence, ...evidence },
      ...doubted,
    };
  }
  const reasons = { comment: comment.evidence, skip: "comments before the table", header: evidence.header };
  const mayBeNamed = header === 0 && given.header === undefined;
  const named = mayBeNamed ? headerInComment(split(text, choice.trial), before, columns) : undefined;
  if (named === undefined) return { choice, rows, comment: null, skip: before, header, evidence: reasons, ...doubted };
  const why = "the last comment has a name for each column";
  return { choice, rows: [named, ...rows], comment: null, skip: before - 1, header: 1, evidence: { ...reasons, header: why } };
}

function chooseWithComment(text: string, given: GivenDialect): { choice: Choice; comment: CommentChoice } {
  const choice = chooseDelimiter(text, given, given.comment ?? null);
  if (given.comment !== undefined) return { choice, comment: { comment: given.comment, evidence: "set in the config" } };
  const comment = chooseComment(choice.rows, choice.score.columns);
  return { choice: comment.comment === null ? choice : chooseDelimiter(text, given, comment.comment), comment };
}

/** The choice for a file in which a delimiter ends the header but not the rows; undefined for other files. */
function withHeaderDelimiter(choice: Choice, given: GivenDialect): Choice | undefined {
  if (given.trailingDelimiter !== undefined || choice.endsWithDelimiter) return undefined;
  const { rows } = choice;
  const usual = usualCount(rows.slice(1));
  const header = rows.findIndex(({ cells }) => cells.length > usual);
  const first = rows[header];
  if (usual < 2 || first === undefined || first.cells.length !== usual + 1 || !endsEmpty(first)) return undefined;
  const isHeader = (row: SampleRow): boolean => isSameHeader(row.cells, first.cells);
  const rest = rows.slice(header).filter((row) => !isHeader(row));
  // A row that is longer than the others may be a fault, but a header is not.
  if (rest.length === 0 || rest.some(({ cells }) => cells.length > usual)) return undefined;
  const score = { ...choice.score, columns: usual };
  return { ...choice, score, endsWithDelimiter: true, rows: rows.map((row) => (isHeader(row) ? withoutLastCell(row) : row)) };
}
