/** Cells to JSON values, bytes to bytes: one encoder for each type, chosen once a column. Digits are copied, never computed. */
import type { JsonSchema } from "@tapline/sdk";
import { booleanOf, decimalShape, fitsDecimal, isDate, isInstant, isInteger, isJsonNumber } from "./recognize.ts";
import { quotedFlag } from "./tokenize.ts";

/**
 * Writes the cell [start, end) of `input` to `out` at `at` and returns the place behind it, or -1 when the cell is not of
 * the type. `out` has room for six bytes for each one of the cell, and six more.
 */
export type CellEncoder = (input: Uint8Array, start: number, end: number, flags: number, out: Uint8Array, at: number) => number;

export type ColumnKind = "integer" | "number" | "decimal" | "boolean" | "date" | "date-time" | "string";

/** A column as its schema has it; a type that no cell can be, or a choice of several, is text. */
export interface ColumnType {
  kind: ColumnKind;
  /** Digits after the point, for decimals. */
  scale: number;
}

export function columnType(schema: JsonSchema | undefined): ColumnType {
  const types = [schema?.type ?? []].flat().filter((type) => type !== "null");
  const type = types.length === 1 ? types[0] : "string";
  if (type === "integer" || type === "boolean") return { kind: type, scale: 0 };
  if (type === "number") {
    const scale = scaleOf(schema?.multipleOf);
    return scale === undefined ? { kind: "number", scale: 0 } : { kind: "decimal", scale };
  }
  const isTime = type === "string" && types.length === 1 && (schema?.format === "date" || schema?.format === "date-time");
  return { kind: isTime ? (schema?.format as "date" | "date-time") : "string", scale: 0 };
}

/** The scale that multipleOf 1, 0.1, 0.01, … means; undefined for other steps. */
function scaleOf(step: unknown): number | undefined {
  if (typeof step !== "number") return undefined;
  const match = /^1e([+-]\d+)$/.exec(step.toExponential());
  const scale = match ? -Number(match[1]) : -1;
  return scale >= 0 && scale <= 38 ? scale : undefined;
}

/** Tells whether a cell that isn't empty is of the type. */
export function cellCheck({ kind, scale }: ColumnType): (bytes: Uint8Array, start: number, end: number) => boolean {
  switch (kind) {
    case "integer":
      return isInteger;
    case "decimal":
      return (bytes, start, end) => fitsDecimal(decimalShape(bytes, start, end), scale);
    case "number":
      return isJsonNumber;
    case "boolean":
      return (bytes, start, end) => booleanOf(bytes, start, end) >= 0;
    case "date":
      return isDate;
    case "date-time":
      return isInstant;
    case "string":
      return () => true;
  }
}

export function cellEncoder(type: ColumnType): CellEncoder {
  if (type.kind === "string") return writeString;
  const isFit = cellCheck(type);
  const write = type.kind === "boolean" ? writeBoolean : type.kind.startsWith("date") ? copyQuoted : copy;
  return (input, start, end, _flags, out, at) => {
    if (start === end) return writeNull(out, at);
    return isFit(input, start, end) ? write(input, start, end, out, at) : -1;
  };
}

/** What a value should have been, in words. */
export function describeType({ kind, scale }: ColumnType): string {
  switch (kind) {
    case "integer":
      return "an integer (digits without leading zeros, within 64 bits)";
    case "decimal":
      return `a decimal number of at most ${scale} ${scale === 1 ? "digit" : "digits"} after the point and 38 in all`;
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "date":
      return "a date (YYYY-MM-DD)";
    case "date-time":
      return "a date-time with a zone (such as 2026-01-31T23:59:59Z, to the microsecond)";
    case "string":
      return "text";
  }
}

const [quote, backslash] = [0x22, 0x5c];
const trueBytes = Buffer.from("true");
const falseBytes = Buffer.from("false");
const hex = Buffer.from("0123456789abcdef");

/** For each byte: 0 when it stands for itself, the letter behind its backslash, or `u` for \u00XX. As JSON.stringify does. */
const escapes = new Uint8Array(256).fill(0x75, 0, 0x20);
for (const [byte, letter] of [
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0c, "f"],
  [0x0d, "r"],
  [quote, '"'],
  [backslash, "\\"],
] as const)
  escapes[byte] = letter.charCodeAt(0);

/** Bytes that escaping adds to [start, end): for rows too long to reserve the most they could take. */
export function escapedGrowth(input: Uint8Array, start: number, end: number): number {
  let growth = 0;
  for (let at = start; at < end; at++) {
    const letter = escapes[input[at] as number];
    if (letter !== 0) growth += letter === 0x75 ? 5 : 1;
  }
  return growth;
}

function writeString(input: Uint8Array, start: number, end: number, flags: number, out: Uint8Array, from: number): number {
  if (start === end && (flags & quotedFlag) === 0) return writeNull(out, from);
  let at = from;
  out[at++] = quote;
  for (let i = start; i < end; i++) {
    const byte = input[i] as number;
    const letter = escapes[byte] as number;
    if (letter === 0) out[at++] = byte;
    else {
      out[at++] = backslash;
      out[at++] = letter;
      if (letter === 0x75) {
        out[at++] = 0x30;
        out[at++] = 0x30;
        out[at++] = hex[byte >> 4] as number;
        out[at++] = hex[byte & 15] as number;
      }
    }
  }
  out[at++] = quote;
  return at;
}

function writeBoolean(input: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  return booleanOf(input, start, end) === 1 ? copy(trueBytes, 0, 4, out, at) : copy(falseBytes, 0, 5, out, at);
}

function writeNull(out: Uint8Array, at: number): number {
  out[at] = 0x6e;
  out[at + 1] = 0x75;
  out[at + 2] = 0x6c;
  out[at + 3] = 0x6c;
  return at + 4;
}

function copyQuoted(input: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  out[at] = quote;
  const behind = copy(input, start, end, out, at + 1);
  out[behind] = quote;
  return behind + 1;
}

/** A loop: for the few bytes of a cell, `set` and `copyWithin` cost several times as much. */
export function copy(input: Uint8Array, start: number, end: number, out: Uint8Array, from: number): number {
  let at = from;
  for (let i = start; i < end; i++) out[at++] = input[i] as number;
  return at;
}
