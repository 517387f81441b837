/**
 * JSON without losses. `JSON.parse` is exact for each number that a double can hold and silently wrong for the others. `parseExact`
 * keeps those as `ExactNumber`s, which `JSON.stringify` writes digit for digit.
 * Source: the TC39 proposal "JSON.parse source text access" (`JSON.rawJSON`), in Node since 21.
 */
import { compareDecimals } from "./decimal.ts";
import type { Row } from "./message.ts";

/** A number that a double can't hold, as its JSON text. */
export interface ExactNumber {
  readonly rawJSON: string;
}

interface JsonWithSource {
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
}
const json = JSON as unknown as JsonWithSource;

/** @example isExactNumber(parseExact("12345678901234567890")) // true */
export function isExactNumber(value: unknown): value is ExactNumber {
  return typeof value === "object" && value !== null && json.isRawJSON(value);
}

/** Whether a JSON value is an object: not null, a list or an `ExactNumber`. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** undefined where the text is no JSON. Numbers are those of `JSON.parse`. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** undefined where the text is no JSON object. */
export function readObject(text: string): Record<string, unknown> | undefined {
  const value = readJson(text);
  return isObject(value) ? value : undefined;
}

/**
 * A number from its JSON text: a plain number where a double holds it exactly.
 * @example exactNumber("0.1"); // 0.1
 * exactNumber("12345678901234567890"); // an ExactNumber
 */
export function exactNumber(text: string): number | ExactNumber {
  const value = Number(text);
  return holdsExactly(value, text) ? value : json.rawJSON(text);
}

/**
 * Parses JSON text; numbers that a double can't hold become `ExactNumber`s. About five times slower than `JSON.parse`.
 * @example JSON.stringify(parseExact('{"id":12345678901234567890}')) // the same text
 */
export function parseExact(text: string): unknown {
  return json.parse(text, (_key, value, { source }) => (typeof value === "number" && source !== undefined ? exactNumber(source) : value));
}

/**
 * The decimal text of a plain or exact number; null where the value is not a finite number.
 * @example numberText(1.5) // "1.5"
 */
export function numberText(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? (Object.is(value, -0) ? "-0" : String(value)) : null;
  return isExactNumber(value) ? value.rawJSON : null;
}

/** A copy with each exact number replaced by the nearest double, for checks that need only the approximate size. */
export function approximate<T>(value: T): T {
  if (isExactNumber(value)) return Number(value.rawJSON) as T;
  if (Array.isArray(value)) return value.map(approximate) as T;
  if (typeof value !== "object" || value === null) return value;
  const copy: Row = {};
  for (const key of Object.keys(value)) Object.defineProperty(copy, key, { value: approximate((value as Row)[key]), enumerable: true });
  return copy as T;
}

/** Whether the shortest spelling of `value` has the same digits and size as `text`. */
function holdsExactly(value: number, text: string): boolean {
  if (text.length <= 15 && !/e/i.test(text)) return true;
  if (!Number.isFinite(value)) return false;
  return compareDecimals(String(value), text) === 0;
}
