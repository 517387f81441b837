/**
 * The comment on a table that a load made. Tables without it are those of others, whose names may differ from the stream's in case. Where the
 * database keeps no key unique, it also names the columns by which rows replace others, so that tables can be compared by them. Pure.
 */
import { readJson } from "@tapline/protocol";

/** How the comment starts. */
export const tableCommentStart = "tapline: stream ";

/** @example tableComment("orders", ["id"]); // tapline: stream "orders" by ["id"] */
export function tableComment(stream: string, key: readonly string[] = []): string {
  return `${tableCommentStart}${JSON.stringify(stream)}${key.length === 0 ? "" : ` by ${JSON.stringify(key)}`}`;
}

/** The stream that a load made the table for; undefined for other comments. */
export function streamOfComment(comment: string | null | undefined): string | undefined {
  return partsOf(comment)?.stream;
}

/** The columns by which rows replace others; [] where none are named. */
export function keyOfComment(comment: string | null | undefined): readonly string[] {
  return partsOf(comment)?.key ?? [];
}

function partsOf(comment: string | null | undefined): { stream: string; key: readonly string[] } | undefined {
  if (!comment?.startsWith(tableCommentStart)) return undefined;
  const [, name = "", list] = /^("(?:[^"\\]|\\.)*")(?: by (\[.*\]))?$/s.exec(comment.slice(tableCommentStart.length)) ?? [];
  const stream = readJson(name);
  if (typeof stream !== "string") return undefined;
  const key = list === undefined ? [] : readJson(list);
  return { stream, key: Array.isArray(key) && key.every((column) => typeof column === "string") ? key : [] };
}
