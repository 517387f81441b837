/**
 * JSON as text: laid out and checked without parsing numbers, for a state may hold numbers with more digits than a double keeps.
 * Pure.
 */

export interface JsonProblem {
  message: string;
  /** Both from 1. */
  line: number;
  column: number;
}

export type JsonText = { text: string; problem?: undefined } | { text?: undefined; problem: JsonProblem };

/** The same values with one member a line; what is no JSON comes back as the problem, with its place. */
export function layOutJson(source: string): JsonText {
  const reader = { source, at: 0 };
  try {
    const text = layOutValue(reader, "");
    skipSpace(reader);
    if (reader.at < source.length) throw unexpected(reader, "the end of the text");
    return { text };
  } catch (error) {
    if (error instanceof Found) return { problem: problemAt(source, error.at, error.message) };
    throw error;
  }
}

/** For showing: text that is no JSON stays as it is. */
export const prettyJson = (source: string): string => layOutJson(source).text ?? source;

interface Reader {
  source: string;
  at: number;
}

class Found extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids these characters inside a string
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const word = /true|false|null/y;

function layOutValue(reader: Reader, indent: string): string {
  skipSpace(reader);
  const first = reader.source[reader.at];
  if (first === "{") return layOutList(reader, indent, "}", "an object", (inner) => `${layOutKey(reader)}: ${layOutValue(reader, inner)}`);
  if (first === "[") return layOutList(reader, indent, "]", "an array", (inner) => layOutValue(reader, inner));
  const scalar = match(reader, string) ?? match(reader, number) ?? match(reader, word);
  if (scalar === undefined) throw unexpected(reader, first === '"' ? "a string that ends on its line" : "a value");
  return scalar;
}

function layOutList(reader: Reader, indent: string, end: string, what: string, member: (indent: string) => string): string {
  const start = reader.source[reader.at++] as string;
  skipSpace(reader);
  if (takes(reader, end)) return start + end;
  const inner = `${indent}  `;
  const members: string[] = [];
  do {
    members.push(inner + member(inner));
    skipSpace(reader);
  } while (takes(reader, ","));
  if (!takes(reader, end)) throw unexpected(reader, `"," or "${end}" in ${what}`);
  return `${start}\n${members.join(",\n")}\n${indent}${end}`;
}

function layOutKey(reader: Reader): string {
  skipSpace(reader);
  const key = match(reader, string);
  if (key === undefined) throw unexpected(reader, "a name in double quotes");
  skipSpace(reader);
  if (!takes(reader, ":")) throw unexpected(reader, `":" after ${key}`);
  return key;
}

function match(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.source)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}

function takes(reader: Reader, character: string): boolean {
  if (reader.source[reader.at] !== character) return false;
  reader.at++;
  return true;
}

function skipSpace(reader: Reader): void {
  while (" \t\r\n".includes(reader.source[reader.at] ?? "x")) reader.at++;
}

function unexpected(reader: Reader, expected: string): Found {
  const found = reader.at >= reader.source.length ? "the text ends" : `there is ${JSON.stringify(reader.source[reader.at])}`;
  return new Found(reader.at, `expected ${expected}, but ${found}`);
}

function problemAt(source: string, at: number, message: string): JsonProblem {
  const before = source.slice(0, at).split("\n");
  return { message, line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
