/** What a column's cells are: its type as the schema says it, and how the file writes its values. */
import type { JsonSchema } from "@tapline/sdk";
import { booleanOf, decimalShape, fitsDecimal, isDate, isInstant, isInteger, isJsonNumber, isTime } from "./recognize.ts";
import { canonical, type ValueFormat } from "./value-format.ts";

export type ColumnKind = "integer" | "number" | "decimal" | "boolean" | "date" | "time" | "date-time" | "string";

/** A type that no cell can be, or a choice of several, is text. */
export interface ColumnType {
  kind: ColumnKind;
  /** Digits after the point, for decimals. */
  scale: number;
  /** How the file writes values; undefined for the plain way, which is JSON's for numbers and ISO 8601 for times. */
  format?: ValueFormat;
  /** Unquoted cells that mean null, beside the empty one. */
  nulls?: readonly Uint8Array[];
}

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

/** Tells whether bytes are a value of the type. */
export type CellCheck = (bytes: Uint8Array, start: number, end: number) => boolean;

/** For cells that are not null. */
export function cellCheck(type: ColumnType): CellCheck {
  const { format } = type;
  if (format === undefined || type.kind === "string") return plainCheck(type);
  return (bytes, start, end) => canonical(format, bytes, start, end, plainCheck(type)) !== undefined;
}

/** For values in the plain way. */
export function plainCheck({ kind, scale }: ColumnType): CellCheck {
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

/** What a value should have been, in words. */
export function describeType({ kind, scale, format }: ColumnType): string {
  const written = format === undefined ? "" : ` written ${format.text}`;
  switch (kind) {
    case "integer":
      return `an integer${written || " (digits without leading zeros, within 64 bits)"}`;
    case "decimal":
      return `a decimal number${written} of at most ${scale} ${scale === 1 ? "digit" : "digits"} after the point and 38 in all`;
    case "number":
      return `a number${written}`;
    case "boolean":
      return format === undefined ? "true or false" : format.text.replace("/", " or ");
    case "date":
      return `a date${written || " (YYYY-MM-DD)"}`;
    case "time":
      return `a time of day${written || " (HH:MM:SS, to the microsecond)"}`;
    case "date-time":
      return `a date-time${written || " with a zone (such as 2026-01-31T23:59:59Z, to the microsecond)"}`;
    case "string":
      return "text";
  }
}

/** The scale that multipleOf 1, 0.1, 0.01, … means; undefined for other steps. */
function scaleOf(step: unknown): number | undefined {
  if (typeof step !== "number") return undefined;
  const match = /^1e([+-]\d+)$/.exec(step.toExponential());
  const scale = match ? -Number(match[1]) : -1;
  return scale >= 0 && scale <= 38 ? scale : undefined;
}
