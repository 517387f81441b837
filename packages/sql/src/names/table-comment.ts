/** The comment on a table that a load made. Tables without it are those of others, whose names may differ from the stream's in case. Pure. */

/** How the comment starts. */
export const tableCommentStart = "tapline: stream ";

export function tableComment(stream: string): string {
  return `${tableCommentStart}${JSON.stringify(stream)}`;
}

/** The stream that a load made the table for; undefined for other comments. */
export function streamOfComment(comment: string | null | undefined): string | undefined {
  if (!comment?.startsWith(tableCommentStart)) return undefined;
  try {
    const stream: unknown = JSON.parse(comment.slice(tableCommentStart.length));
    return typeof stream === "string" ? stream : undefined;
  } catch {
    return undefined;
  }
}
