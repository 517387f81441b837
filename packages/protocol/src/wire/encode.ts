/** Encodes messages and rows as lines. Rows are encoded column by column, so that a value JSON can't carry is an error instead of null. */
import { isExactNumber } from "./json.ts";
import type { Message, Row } from "./message.ts";
import { stringifyOrdered } from "./property-order.ts";

/** A message as one line with its "\n". */
export function encodeMessage(message: Exclude<Message, { type: "RECORD" }>): string {
  return `${message.type === "SCHEMA" ? stringifyOrdered(message) : JSON.stringify(message)}\n`;
}

/** Thrown for a value in a row that JSON can't carry; the message names the value. */
export class UnencodableValue extends Error {
  readonly column: string;
  constructor(column: string, what: string) {
    super(what);
    this.column = column;
  }
}

/**
 * Makes a function that encodes rows of a stream: only `columns`, in that order, without those the row lacks.
 * bigint keeps its digits, Date becomes RFC 3339 in UTC, and bytes become base64.
 * The function throws UnencodableValue for NaN, infinities, functions, symbols and text that isn't well-formed.
 */
export function recordEncoder(columns: readonly string[]): (row: Row) => string {
  const keys = columns.map((name) => [name, `${JSON.stringify(name)}:`] as const);
  return (row) => {
    let text = "";
    for (const [name, key] of keys) {
      if (!Object.hasOwn(row, name)) continue;
      const value = encodeValue(row[name], name);
      if (value !== undefined) text += (text === "" ? key : `,${key}`) + value;
    }
    return `{${text}}`;
  };
}

/**
 * A row as JSON text by the rules of `recordEncoder`: all its columns, or only `columns`, in that order. @throws UnencodableValue
 * @example encodeRecord({ id: 12345678901234567890n }) // '{"id":12345678901234567890}'
 */
export function encodeRecord(row: Row, columns: readonly string[] = Object.keys(row)): string {
  return recordEncoder(columns)(row);
}

function encodeValue(value: unknown, column: string): string | undefined {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw new UnencodableValue(column, "text with half a surrogate pair");
      return JSON.stringify(value);
    case "number":
      if (!Number.isFinite(value)) throw new UnencodableValue(column, `the number ${value}`);
      return Object.is(value, -0) ? "-0" : String(value);
    case "boolean":
      return value ? "true" : "false";
    case "bigint":
      return value.toString();
    case "undefined":
      return undefined;
    case "object":
      return encodeObject(value, column);
    default:
      throw new UnencodableValue(column, `a ${typeof value}`);
  }
}

function encodeObject(value: object | null, column: string): string {
  if (value === null) return "null";
  if (isExactNumber(value)) return value.rawJSON;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new UnencodableValue(column, "an invalid Date");
    return JSON.stringify(value);
  }
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  if (Array.isArray(value)) return `[${value.map((item) => encodeValue(item, column) ?? "null").join(",")}]`;
  const parts: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const text = encodeValue(item, column);
    if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(",")}}`;
}
