/**
 * Incremental reading by a replication key: decides which rows to send and keeps the largest value sent. Values are compared as
 * bytes, by the column's type: numbers exactly, date-times by instant, text by code point.
 */
import { compareValues, exactNumber, type Json, numberText, type ReadContext } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { CanonicalWriter } from "../types/canonical-writer.ts";
import { type CellCheck, type ColumnType, canonicalCheck, canonicalWriter, columnType, describeType } from "../types/column-type.ts";
import { isNullMarker } from "../types/null-values.ts";
import { booleanOf, isDate, isJsonNumber } from "../types/recognize.ts";
import { canonical } from "../types/value-format.ts";
import { compareDecimals, compareInstants, compareText } from "./order.ts";

type Compare = typeof compareText;

/** The state of a run that was killed: the files it had read, and the largest value it had seen. */
export function interruptedRun({
  state,
  replicationKey,
}: Pick<ReadContext, "state" | "replicationKey">): { [key: string]: Json } | undefined {
  if (state.replication_key !== replicationKey) return undefined;
  const { reading } = state;
  return typeof reading === "object" && reading !== null && !Array.isArray(reading) ? reading : undefined;
}

export class Watermark {
  readonly #type: ColumnType;
  readonly #compare: Compare;
  readonly #isFit: CellCheck;
  readonly #write: CanonicalWriter;
  readonly #start: Uint8Array | null;
  #largest: Uint8Array;
  /** Rows that were sent although an earlier run may have sent them: they are at the bookmark, or have no value. */
  repeated = 0;

  /** @throws bookmark_unusable */
  constructor(name: string, stream: string, context: ReadContext, type: ColumnType = columnType(context.schema.properties?.[name])) {
    this.#type = type;
    this.#compare = comparisons[type.kind];
    this.#isFit = canonicalCheck(type);
    this.#write = canonicalWriter(type);
    const position = { stream, column: name };
    this.#start = startBytes(context.startValue, type, position);
    this.#largest = startBytes(interruptedRun(context)?.maximum ?? null, type, position) ?? new Uint8Array(0);
  }

  /**
   * Returns whether to send a row with this value, and if so counts the value as sent. Rows without a value are sent, and so are rows
   * whose value does not fit the type: the writer handles those.
   */
  admit(bytes: Uint8Array, start: number, end: number): boolean {
    const { format, nulls } = this.#type;
    if (start === end || (nulls !== undefined && isNullMarker(nulls, bytes, start, end))) {
      if (this.#start !== null) this.repeated++;
      return true;
    }
    if (format === undefined && this.#isFit(bytes, start, end)) return this.#admit(bytes, start, end);
    const value = canonical(this.#write, bytes, start, end, this.#isFit);
    return value === undefined || this.#admit(value, 0, value.length);
  }

  #admit(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#start !== null) {
      const order = this.#compare(bytes, start, end, this.#start, 0, this.#start.length);
      if (order < 0) return false;
      if (order === 0) this.repeated++;
    }
    const largest = this.#largest;
    if (largest.length === 0 || this.#compare(bytes, start, end, largest, 0, largest.length) > 0) this.#largest = bytes.slice(start, end);
    return true;
  }

  /** The largest value sent; null when there was none. */
  get maximum(): Json {
    if (this.#largest.length === 0) return null;
    const text = Buffer.from(this.#largest).toString();
    switch (this.#type.kind) {
      case "integer":
      case "decimal":
      case "number":
        return exactNumber(text) as Json;
      case "boolean":
        return text.toLowerCase() === "true";
      default:
        return text;
    }
  }
}

const compareBooleans: Compare = (a, aStart, aEnd, b, bStart, bEnd) => booleanOf(a, aStart, aEnd) - booleanOf(b, bStart, bEnd);

/** These numbers may have exponents. Files with such numbers are rare, so making strings is acceptable. */
const compareNumbers: Compare = (a, aStart, aEnd, b, bStart, bEnd) => {
  const text = (bytes: Uint8Array, start: number, end: number) => exactNumber(Buffer.from(bytes.subarray(start, end)).toString());
  return compareValues(text(a, aStart, aEnd), text(b, bStart, bEnd));
};

const comparisons: Record<ColumnType["kind"], Compare> = {
  integer: compareDecimals,
  decimal: compareDecimals,
  number: compareNumbers,
  boolean: compareBooleans,
  date: compareText,
  time: compareText,
  "date-time": compareInstants,
  string: compareText,
};

function startBytes(value: Json, type: ColumnType, position: { stream: string; column: string }): Uint8Array | null {
  if (value === null) return null;
  const bytes = Buffer.from(startText(value, type) ?? "");
  if (bytes.length > 0) return bytes;
  throw errors.bookmark_unusable({ value: JSON.stringify(value).slice(0, 40), expected: describeType(type) }, position);
}

/** The bookmark as text in the form of a cell; undefined when it does not fit the type. */
function startText(value: Json, type: ColumnType): string | undefined {
  if (type.kind === "string") return typeof value === "string" ? value : undefined;
  const text = asCell(typeof value === "string" ? value : (numberText(value) ?? String(value)), type.kind);
  const bytes = Buffer.from(text);
  // A bookmark may have a larger scale than the column now; any number can be compared.
  const isFit = type.kind === "decimal" || type.kind === "integer" ? isJsonNumber : canonicalCheck(type);
  return isFit(bytes, 0, bytes.length) ? text : undefined;
}

function asCell(text: string, kind: ColumnType["kind"]): string {
  const bytes = Buffer.from(text);
  if (kind === "integer" || kind === "decimal") return isJsonNumber(bytes, 0, bytes.length) ? plainDecimal(text) : text;
  // People who set a bookmark by hand often give a date.
  return kind === "date-time" && isDate(bytes, 0, bytes.length) ? `${text}T00:00:00Z` : text;
}

/** Removes the exponent: JavaScript writes 0.0000001 as 1e-7. */
function plainDecimal(text: string): string {
  const [mantissa = "", power] = text.toLowerCase().split("e");
  if (power === undefined) return text;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(power);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point).padEnd(point, "0")}${point < digits.length ? `.${digits.slice(point)}` : ""}`;
}
