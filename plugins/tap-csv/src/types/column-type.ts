/** The type of a column, from its JSON Schema, and the format of its values in the file. */
import type { JsonSchema } from "@tapline/sdk";
import { blanksEnd, blanksStart } from "./blanks.ts";
import type { CanonicalWriter } from "./canonical-writer.ts";
import type { ColumnKind } from "./column-kind.ts";
import { looseWriter } from "./loose-value.ts";
import { booleanOf, decimalShape, fitsDecimal, isDate, isInstant, isInteger, isJsonNumber, isTime } from "./recognize.ts";
import { canonical, type ValueFormat } from "./value-format.ts";

export interface ColumnType {
  kind: ColumnKind;
  /** Digits after the point, for decimals. */
  scale: number;
  /** How the file writes values; undefined for the canonical form: JSON for numbers, ISO 8601 for dates and times. */
  format?: ValueFormat;
  /** Of text that was another type in earlier rows: values that fit that type are still written as there. */
  was?: ColumnType;
  /** Unquoted cells that mean null, in addition to the empty cell. */
  nulls?: readonly Uint8Array[];
}

/** A type that cells can't have (such as an object), and a choice of several types, is read as text. */
export function columnType(schema: JsonSchema | undefined): ColumnType {
  const types = [schema?.type ?? []].flat().filter((type) => type !== "null");
  const type = types.length === 1 ? types[0] : "string";
  if (type === "integer" || type === "boolean") return { kind: type, scale: 0 };
  if (type === "number") {
    const scale = scaleOf(schema?.multipleOf);
    return scale === undefined ? { kind: "number", scale: 0 } : { kind: "decimal", scale };
  }
  const format = types.length === 1 ? schema?.format : undefined;
  return { kind: format === "date" || format === "time" || format === "date-time" ? format : "string", scale: 0 };
}

export function schemaOf({ kind, scale }: Pick<ColumnType, "kind" | "scale">): JsonSchema {
  switch (kind) {
    case "decimal":
      return { type: ["null", "number"], multipleOf: Number(`1e-${scale}`) };
    case "date":
    case "time":
    case "date-time":
      return { type: ["null", "string"], format: kind };
    default:
      return { type: ["null", kind] };
  }
}

/** Returns whether the bytes are a value of the type. */
export type CellCheck = (bytes: Uint8Array, start: number, end: number) => boolean;

/** The check for cells that are not null, in the format of the file. */
export function cellCheck(type: ColumnType): CellCheck {
  const isFit = canonicalCheck(type);
  if (type.kind === "string") return isFit;
  const write = canonicalWriter(type);
  return (bytes, start, end) => canonical(write, bytes, start, end, isFit) !== undefined;
}

/** Reads cells of the type in the format of the file, and in forms that are as clear; the caller checks that the result fits the type. */
export function canonicalWriter({ kind, format }: ColumnType): CanonicalWriter {
  if (format !== undefined) return format.write;
  const write = looseWriter(kind);
  return (input, start, end, out, at) => {
    const from = blanksEnd(input, start, end);
    return write(input, from, blanksStart(input, from, end), out, at);
  };
}

/** The check for values in canonical form. */
export function canonicalCheck({ kind, scale }: ColumnType): CellCheck {
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
    case "time":
      return isTime;
    case "date-time":
      return isInstant;
    case "string":
      return () => true;
  }
}

/** The expected value in words, for messages. */
export function describeType({ kind, scale, format }: ColumnType): string {
  const written = format === undefined ? "" : ` in the format ${format.text}`;
  switch (kind) {
    case "integer":
      return `an integer${written || " (within 64 bits, without leading zeros)"}`;
    case "decimal":
      return `a decimal number${written} with at most ${scale} ${scale === 1 ? "digit" : "digits"} after the point and 38 digits in total`;
    case "number":
      return `a number${written}`;
    case "boolean":
      return format === undefined ? "true or false" : format.text.replace("/", " or ");
    case "date":
      return `a date${written || " (YYYY-MM-DD)"}`;
    case "time":
      return `a time of day${written || " (HH:MM:SS, to the microsecond)"}`;
    case "date-time":
      return `a date-time${written || " with a time zone (such as 2026-01-31T23:59:59Z, to the microsecond)"}`;
    case "string":
      return "text";
  }
}

/** The scale for `multipleOf` 1, 0.1, 0.01, …; undefined for other values. */
function scaleOf(step: unknown): number | undefined {
  if (typeof step !== "number") return undefined;
  const match = /^1e([+-]\d+)$/.exec(step.toExponential());
  const scale = match ? -Number(match[1]) : -1;
  return scale >= 0 && scale <= 38 ? scale : undefined;
}
