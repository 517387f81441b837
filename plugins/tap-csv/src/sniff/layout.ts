/** Finds the table in a sample: comments, lines before the header, and rows of the header. */
import { type CommentChoice, chooseComment, headerInComment } from "./comment.ts";
import { type Choice, chooseDelimiter } from "./delimiter.ts";
import type { Dialect, GivenDialect } from "./dialect.ts";
import { chooseHeader, type HeaderDoubt } from "./header.ts";
import { type SampleRow, split } from "./split.ts";

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
  const { choice, comment } = chooseWithComment(text, given);
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
