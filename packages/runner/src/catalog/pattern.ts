/** Patterns that name streams and columns: `orders`, `orders.total`, `*.id`, `!orders.note`. A dot of a name is written `\.`. */
import { errors } from "../errors.ts";
import { isGlob, matchesGlob } from "../project/glob.ts";

export interface Pattern {
  text: string;
  /** "!" stood before it. */
  excludes: boolean;
  /** Without the "!". */
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

/** The column's path the pattern names in this stream, [] for the stream itself; undefined when it speaks of others. */
export function pathIn(body: string, { tap_stream_id, stream }: Named): string[] | undefined {
  // A name with dots in it can be written as it is.
  for (const name of [tap_stream_id, stream]) {
    if (body === name) return [];
    if (body.startsWith(`${name}.`)) return partsOf(body.slice(name.length + 1));
  }
  const [head = "", ...path] = partsOf(body);
  return matchesGlob(head, tap_stream_id) || matchesGlob(head, stream) ? path : undefined;
}

/** The pattern's column is this one. */
export function isColumn(pattern: readonly string[], path: readonly string[]): boolean {
  const [name = ""] = path;
  if (path.length === 1 && pattern.length > 1) return matchesGlob(pattern.join("."), name);
  return pattern.length === path.length && pattern.every((part, index) => matchesGlob(part, path[index] as string));
}

/** The pattern names this column, one it lies in, or the whole stream. */
export function covers(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === 0 || path.some((_, index) => isColumn(pattern, path.slice(0, index + 1)));
}

/** The pattern's column lies in this one. */
export function liesIn(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length > path.length && path.every((name, index) => matchesGlob(pattern[index] as string, name));
}

/** It means one stream or column, so it must be there. */
export function isLiteral({ body }: Pattern): boolean {
  return !isGlob(body);
}

function partsOf(body: string): string[] {
  return body.split(/(?<!\\)\./).map((part) => part.replaceAll("\\.", "."));
}
