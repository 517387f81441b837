/**
 * Parses one line of bytes as JSON: numbers keep their digits, Python's NaN is accepted, half a surrogate pair is an error.
 * Cheap searches in the bytes decide whether plain `JSON.parse` is safe; only the other lines cost more.
 */
import { TaplineError } from "../errors.ts";
import { protocolErrors } from "./errors.ts";
import { parseExact } from "./json.ts";

/** Deeper than any record that people load, and far from the depth at which a recursive function would overflow the stack. */
export const maxDepth = 500;

/** Whether a number in these bytes may have more digits than a double holds, or an exponent of three digits. */
export function mayHoldExactNumbers(bytes: Buffer, start: number, end: number): boolean {
  return hasLongDigitRun(bytes, start, end) || /[0-9][eE][-+]?[0-9]{3}/.test(bytes.toString("latin1", start, end));
}

/** Whether the bytes have a `\u` escape: in valid UTF-8, half a surrogate pair can only be written as one. */
function mayHoldSurrogates(bytes: Buffer, start: number, end: number): boolean {
  const at = bytes.indexOf("\\u", start, "latin1");
  return at >= 0 && at < end;
}

/** What the searches found in a region; it holds for all lines in the region. */
export interface Suspicion {
  exact: boolean;
  surrogates: boolean;
}

const suspectAll: Suspicion = { exact: true, surrogates: true };

export function suspect(bytes: Buffer, start = 0, end = bytes.length): Suspicion {
  return { exact: mayHoldExactNumbers(bytes, start, end), surrogates: mayHoldSurrogates(bytes, start, end) };
}

/**
 * Parses bytes[start, end) as JSON. `line` is the input's line number, for messages.
 * @throws invalid_json, lone_surrogate, too_deep
 */
export function parseLine(bytes: Buffer, start: number, end: number, line: number, suspicion: Suspicion = suspectAll): unknown {
  if (end - start > 2 * maxDepth && isTooDeep(bytes, start, end)) throw protocolErrors.too_deep({ limit: maxDepth }, { line });
  const text = bytes.toString("utf8", start, end);
  if (suspicion.surrogates) checkSurrogates(text, line);
  const exact = suspicion.exact && mayHoldExactNumbers(bytes, start, end);
  try {
    return exact ? parseExact(text) : JSON.parse(text);
  } catch (error) {
    return parseTolerant(text, line, error);
  }
}

/**
 * The RECORD in a line that parseLine refused with `error`, where the fault is in the record's values: the code that reads the rows
 * then refuses that row. Do not use its numbers and texts. @throws `error` for any other line
 */
export function parseRefusedRecord(bytes: Buffer, start: number, end: number, error: unknown): Record<string, unknown> {
  const isOfValues = error instanceof TaplineError && (error.code === "lone_surrogate" || error.code === "too_deep");
  const message = isOfValues ? parsePlainly(bytes.toString("utf8", start, end)) : undefined;
  if (message?.type !== "RECORD") throw error;
  return message;
}

/** JSON.parse takes any depth: it needs no call for each level. */
function parsePlainly(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const isDigitOrDot = new Uint8Array(256);
for (const byte of Buffer.from("0123456789.")) isDigitOrDot[byte] = 1;

/** Whether there is a run of 16 or more digits and dots. Such a run covers two neighbouring multiples of 8, so only those bytes are tested first. */
function hasLongDigitRun(bytes: Buffer, start: number, end: number): boolean {
  let previous = 0;
  for (let at = start; at < end; at += 8) {
    const here = isDigitOrDot[bytes[at] as number] as number;
    if (here & previous) {
      let from = at - 8;
      while (from > start && isDigitOrDot[bytes[from - 1] as number]) from--;
      let to = from;
      while (to < end && isDigitOrDot[bytes[to] as number]) to++;
      if (to - from >= 16) return true;
    }
    previous = here;
  }
  return false;
}

/** Counts the nesting only where there are enough brackets for it to matter. */
function isTooDeep(bytes: Buffer, start: number, end: number): boolean {
  return hasManyOpenings(bytes, start, end) && deepest(bytes, start, end) > maxDepth;
}

function hasManyOpenings(bytes: Buffer, start: number, end: number): boolean {
  let seen = 0;
  for (const bracket of [0x7b, 0x5b]) {
    for (let at = bytes.indexOf(bracket, start); at >= 0 && at < end; at = bytes.indexOf(bracket, at + 1)) {
      if (++seen > maxDepth) return true;
    }
  }
  return false;
}

function deepest(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  let most = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === 0x22) {
      for (at++; at < end && bytes[at] !== 0x22; at++) if (bytes[at] === 0x5c) at++;
    } else if (byte === 0x7b || byte === 0x5b) most = Math.max(most, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return most;
}

function checkSurrogates(text: string, line: number): void {
  for (let at = text.indexOf("\\"); at >= 0; at = text.indexOf("\\", at + 2)) {
    const unit = escapedUnit(text, at);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const low = escapedUnit(text, at + 6);
    if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
      throw protocolErrors.lone_surrogate({ escape: text.slice(at, at + 6) }, { line, offset: at + 1 });
    at += 10;
  }
}

/** The code unit of the `\uXXXX` at `at`, or -1. */
function escapedUnit(text: string, at: number): number {
  if (text[at] !== "\\" || text[at + 1] !== "u") return -1;
  return Number.parseInt(text.slice(at + 2, at + 6), 16);
}

/** Python's json module writes NaN, Infinity and -Infinity, which are not JSON. They become the JavaScript numbers. */
function parseTolerant(text: string, line: number, error: unknown): unknown {
  const marker = `\u0000${Math.random()}:`;
  let found = false;
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g, (token) => {
    if (token[0] === '"') return token;
    found = true;
    return JSON.stringify(marker + token);
  });
  try {
    if (found) return unmark(parseExact(marked), marker);
  } catch {
    // Report the first error: it is about the text as it was sent.
  }
  throw invalidJson(text, line, error);
}

function unmark(value: unknown, marker: string): unknown {
  if (typeof value === "string" && value.startsWith(marker)) return Number(value.slice(marker.length));
  if (Array.isArray(value)) return value.map((item) => unmark(item, marker));
  if (typeof value === "object" && value !== null && !("rawJSON" in value)) {
    for (const [key, item] of Object.entries(value)) {
      Object.defineProperty(value, key, { value: unmark(item, marker), enumerable: true, writable: true, configurable: true });
    }
  }
  return value;
}

function invalidJson(text: string, line: number, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const offset = /position (\d+)/.exec(message)?.[1];
  const reason = message.replace(/,? ?(\.\.\.)?".*" is not valid JSON/s, " is not valid JSON").replace(/ in JSON at position.*/s, "");
  return protocolErrors.invalid_json({ reason, start: text.slice(0, 40) }, { line, ...(offset ? { offset: Number(offset) + 1 } : {}) });
}
