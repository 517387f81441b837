/**
 * Paths into answers: the part of JSONPath (RFC 9535) that names places, without filters, for a path from a definition must not run code.
 * The leading `$` may be left out.
 */
import { restErrors } from "../errors.ts";

/** A name, an index (negative: from the end), all items or values, or all below. */
export type Step = { name: string } | { index: number } | { all: true } | { below: true };

export interface JsonPath {
  readonly text: string;
  readonly steps: readonly Step[];
}

const token = /\.\.|\.?\[\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(-?\d+)|(\*))\s*\]|\.?(\*)|\.?([^\s.[\]"'*$@?()]+)/y;

/** @example parsePath("$.data[*]") @throws path_invalid */
export function parsePath(text: string): JsonPath {
  const steps: Step[] = [];
  const fail = (at: number): Error =>
    restErrors.path_invalid({ path: text, why: `${JSON.stringify(text.slice(at, at + 12))} at character ${at + 1} is no step of a path` });
  let at = text.startsWith("$") ? 1 : 0;
  while (at < text.length) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null || match[0] === "") throw fail(at);
    const [whole, double, single, index, star, bareStar, name] = match;
    if (whole === "..") steps.push({ below: true });
    else if (double !== undefined) steps.push({ name: JSON.parse(`"${double}"`) as string });
    else if (single !== undefined) steps.push({ name: single.replace(/\\(.)/g, "$1") });
    else if (index !== undefined) steps.push({ index: Number(index) });
    else if (star !== undefined || bareStar !== undefined) steps.push({ all: true });
    else steps.push({ name: name as string });
    at += whole.length;
  }
  if (steps.at(-1) !== undefined && "below" in (steps.at(-1) as Step)) throw fail(text.length - 2);
  return { text, steps };
}

/** All values at the path. */
export function valuesAt({ steps }: JsonPath, root: unknown): unknown[] {
  let found: unknown[] = [root];
  for (const step of steps) found = found.flatMap((value) => next(step, value));
  return found;
}

/** The first value at the path; undefined where there is none. */
export function valueAt(path: JsonPath, root: unknown): unknown {
  let value = root;
  for (const step of path.steps) {
    if ("all" in step || "below" in step) return valuesAt(path, root)[0];
    value = next(step, value)[0];
    if (value === undefined) return undefined;
  }
  return value;
}

function next(step: Step, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if ("below" in step)
    return [value, ...Object.values(value).flatMap((inner) => (typeof inner === "object" && inner !== null ? next(step, inner) : []))];
  if ("all" in step) return Object.values(value);
  if ("index" in step) {
    const item = Array.isArray(value) ? value.at(step.index) : undefined;
    return item === undefined ? [] : [item];
  }
  const { name } = step;
  return !Array.isArray(value) && Object.hasOwn(value, name) ? [(value as Record<string, unknown>)[name]] : [];
}

/** What a value is, for messages: no values in it, for they may be secret. */
export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== "object") return typeof value === "string" ? `a text of ${value.length} characters` : `a ${typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0
    ? "an object without keys"
    : `an object with ${keys
        .slice(0, 8)
        .map((key) => JSON.stringify(key))
        .join(", ")}${keys.length > 8 ? ", …" : ""}`;
}
