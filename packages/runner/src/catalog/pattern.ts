/** Patterns that name streams and columns: `orders`, `orders.total`, `*.id`, `!orders.note`. A dot of a name is written `\.`. */
import { errors } from "../errors.ts";
import { isGlob, matchesGlob } from "../project/glob.ts";

export interface Pattern {
  text: string;
  /** It begins with "!". */
  excludes: boolean;
  /** The pattern without its "!". */
  body: string;
}

/** @throws select_invalid */
export function readPattern(text: string): Pattern {
  const excludes = text.startsWith("!");
  const body = (excludes ? text.slice(1) : text).trim();
  if (body === "" || partsOf(body).some((part) => part === "")) throw errors.select_invalid({ pattern: text });
  return { text, excludes, body };
}

export interface Named {
  tap_stream_id: string;
  stream: string;
}

/** The path of the column that the pattern names in this stream, [] for the stream itself; undefined: it names other streams. */
export function pathIn(body: string, { tap_stream_id, stream }: Named): string[] | undefined {
  // A name that contains dots may be written as it is.
  for (const name of [tap_stream_id, stream]) {
    if (body === name) return [];
    if (body.startsWith(`${name}.`)) return partsOf(body.slice(name.length + 1));
  }
  const [head = "", ...path] = partsOf(body);
  return matchesGlob(head, tap_stream_id) || matchesGlob(head, stream) ? path : undefined;
}

/** Whether the pattern names exactly this column. */
export function isColumn(pattern: readonly string[], path: readonly string[]): boolean {
  const [name = ""] = path;
  if (path.length === 1 && pattern.length > 1) return matchesGlob(pattern.join("."), name);
  return pattern.length === path.length && pattern.every((part, index) => matchesGlob(part, path[index] as string));
}

/** Whether the pattern names this column, a column around it, or the whole stream. */
export function covers(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === 0 || path.some((_, index) => isColumn(pattern, path.slice(0, index + 1)));
}

/** Whether the pattern names a column inside this one. */
export function isInside(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length > path.length && path.every((name, index) => matchesGlob(pattern[index] as string, name));
}

/** Whether it names exactly one stream or column, which therefore must exist. */
export function isLiteral({ body }: Pattern): boolean {
  return !isGlob(body);
}

function partsOf(body: string): string[] {
  return body.split(/(?<!\\)\./).map((part) => part.replaceAll("\\.", "."));
}
