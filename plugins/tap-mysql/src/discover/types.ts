/**
 * What each type of MySQL and MariaDB is on the wire: the schema of its values, the SQL that reads them, how their text becomes JSON, and
 * how the log has them. Pure.
 */
import type { JsonSchema } from "@tapline/sdk";
import type { CursorKind, RangeKind } from "@tapline/sql-tap";

/**
 * How the text of a value becomes JSON. `bare`: as it is. `float`: the shortest digits of a single. `text`: a string. `word`: a string of
 * characters that need no escape. `date`, `datetime`: a string, where it is a time as schemas have them; `time`: the same, of a day.
 * `json`: JSON in text. `boolean`: 0 and 1. `bits`: bytes of a number. `base64`: bytes. `geometry`: the server's own bytes.
 */
export type RowForm =
  | "bare"
  | "float"
  | "text"
  | "word"
  | "date"
  | "datetime"
  | "time"
  | "json"
  | "boolean"
  | "bits"
  | "base64"
  | "geometry";

/** A column as information_schema has it. */
export interface FoundType {
  /** DATA_TYPE: "int", "varchar", … */
  name: string;
  /** COLUMN_TYPE: "int(10) unsigned zerofill", "enum('a','b')", … */
  spelled: string;
  precision: number | undefined;
  scale: number | undefined;
  /** undefined: its values are no text. */
  charset: string | undefined;
  /** MariaDB's JSON is a text with a check. */
  isJson: boolean;
}

export interface WireType {
  property: JsonSchema;
  form: RowForm;
  /** Reads the column, whose quoted name it is given. Default: the column itself. */
  read?: (column: string) => string;
  /** What the column is from the first value on that does not have the form. */
  wider?: { property: JsonSchema; form: RowForm };
  cursor?: CursorKind;
  range?: RangeKind;
  /** How a value is written in SQL so that it compares as the column does; undefined where it has no such order. */
  literal?: "number" | "text" | "bytes";
  /** Nothing is known of the type: its text is sent. */
  isUnknown?: boolean;
}

export interface TypeOptions {
  datesAsText: boolean;
  booleans: boolean;
}

const string: JsonSchema = { type: "string" };
const asNumber = (column: string): string => `${column} + 0`;
const integer: WireType = { property: { type: "integer" }, form: "bare", cursor: "number", literal: "number" };
const word: WireType = { property: string, form: "word", cursor: "other", literal: "text" };
const binary: WireType = { property: { type: "string", contentEncoding: "base64" }, form: "base64", literal: "bytes" };
const double: WireType = { property: { type: "number" }, form: "bare", cursor: "number" };

const time = (format: string, form: RowForm, more: Partial<WireType>): WireType => ({
  property: { type: "string", format },
  form,
  wider: { property: string, form: "word" },
  literal: "text",
  ...more,
});

const integers = ["tinyint", "smallint", "mediumint", "int", "integer", "bigint"];
const texts = ["char", "varchar", "tinytext", "text", "mediumtext", "longtext"];
const binaries = ["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"];
const geometries = [
  "geometry",
  "point",
  "linestring",
  "polygon",
  "multipoint",
  "multilinestring",
  "multipolygon",
  "geometrycollection",
  "geomcollection",
];

export function wireType(type: FoundType, { datesAsText, booleans }: TypeOptions): WireType {
  const { name, spelled, charset, isJson } = type;
  if (isJson || name === "json") return { property: {}, form: "json" };
  // Zeros before the digits are no JSON.
  const read = /zerofill/i.test(spelled) ? { read: asNumber } : {};
  if (integers.includes(name)) {
    if (booleans && /^tinyint\(1\)/i.test(spelled))
      return { property: { type: "boolean" }, form: "boolean", wider: { property: { type: "integer" }, form: "bare" }, literal: "number" };
    return { ...integer, ...read };
  }
  if (texts.includes(name)) return charset === undefined ? binary : { property: string, form: "text", cursor: "other", literal: "text" };
  if (binaries.includes(name)) return binary;
  if (geometries.includes(name)) return { property: string, form: "geometry" };
  switch (name) {
    case "decimal":
    case "numeric":
      return { ...decimal(type), ...read };
    case "double":
      return { ...double, read: (column) => `CAST(${column} AS DOUBLE)` };
    case "float":
      // The server writes six digits of it, so it is read as a double, which has all.
      return { ...double, form: "float", read: (column) => `CAST(${column} AS DOUBLE)` };
    case "bit":
      return /^bit\(1\)/i.test(spelled)
        ? { property: { type: "boolean" }, form: "boolean", read: asNumber, literal: "number" }
        : { ...integer, read: asNumber };
    case "year":
      return { ...integer, read: asNumber };
    case "date":
      return dated(time("date", "date", { cursor: "time", range: "date" }), datesAsText);
    case "datetime":
      return dated(time("date-time", "datetime", { cursor: "time", range: "local" }), datesAsText);
    case "timestamp":
      return dated(time("date-time", "datetime", { cursor: "time", range: "instant" }), datesAsText);
    case "time":
      return dated(time("time", "time", {}), datesAsText);
    case "enum":
    case "set":
      return { property: string, form: "text" };
    case "uuid":
      return { ...word, property: { type: "string", format: "uuid" } };
    case "inet4":
    case "inet6":
      return word;
    default:
      return { property: string, form: "text", isUnknown: true };
  }
}

function dated(type: WireType, asText: boolean): WireType {
  return asText && type.wider !== undefined ? { ...type, ...type.wider } : type;
}

function decimal({ precision, scale }: FoundType): WireType {
  if (precision === undefined || scale === undefined) return double;
  return {
    property: { type: "number", "x-singer.decimal": true, precision, scale },
    form: "bare",
    cursor: "number",
    literal: "number",
  };
}
