/**
 * What each type of DuckDB is on the wire: the schema of its values, and the SQL that makes JSON text of them. It is the inverse of
 * target-duckdb's map: a table that goes through both has the same values. Types that are not listed are text, as DuckDB writes it. Pure.
 */
import type { DuckDBType } from "@duckdb/node-api";
import { quoteText } from "@tapline/columns";
import { exactNumber, type JsonSchema } from "@tapline/sdk";
import * as text from "./json-text.ts";
import { nestedType } from "./nested-types.ts";
import type { Api, TypeOptions, WireType } from "./wire-type.ts";

const plainText: JsonSchema = { type: "string" };
const number: WireType = { property: { type: "number" }, text: text.asText, cursor: "number" };
const word: WireType = { property: plainText, text: text.word };
const string: WireType = { property: plainText, text: text.string, cursor: "other" };

const integer = (bounds: JsonSchema = {}): WireType => ({ property: { type: "integer", ...bounds }, text: text.asText, cursor: "number" });
const between = (minimum: string, maximum: string): JsonSchema => ({
  minimum: exactNumber(minimum) as never,
  maximum: exactNumber(maximum) as never,
});

export function wireType(type: DuckDBType, options: TypeOptions): WireType {
  const { api, depth } = options;
  const { DuckDBTypeId: ids } = api;
  if (type.alias === "JSON") return { property: {}, text: text.json, isLostNull: (value) => `${text.asText(value)} = 'null'` };
  const nested = nestedType(type, options, (part) => wireType(part, { ...options, depth: depth + 1 }));
  if (nested !== undefined) return nested;
  if (type instanceof api.DuckDBDecimalType) return decimal(type.width, type.scale);
  switch (type.typeId) {
    case ids.BOOLEAN:
      return { property: { type: "boolean" }, text: text.asText };
    case ids.TINYINT:
    case ids.SMALLINT:
    case ids.INTEGER:
    case ids.BIGINT:
    case ids.UTINYINT:
    case ids.USMALLINT:
    case ids.UINTEGER:
      return integer();
    case ids.UBIGINT:
      return integer(between("0", "18446744073709551615"));
    case ids.HUGEINT:
      return integer(between("-170141183460469231731687303715884105728", "170141183460469231731687303715884105727"));
    case ids.UHUGEINT:
      return integer(between("0", "340282366920938463463374607431768211455"));
    case ids.FLOAT:
    case ids.DOUBLE:
      return depth === 0
        ? { ...number, text: (value) => text.float(value, false) }
        : { property: { type: ["number", "string"] }, text: (value) => text.float(value, true) };
    case ids.VARCHAR:
    case ids.ENUM:
      return string;
    case ids.UUID:
      return { property: { type: "string", format: "uuid" }, text: text.word, cursor: "other" };
    case ids.BLOB:
      return { property: { type: "string", contentEncoding: "base64" }, text: text.base64 };
    case ids.TIME:
      return { property: { type: "string", format: "time" }, text: text.word, cursor: "other" };
    case ids.DATE:
    case ids.TIMESTAMP:
    case ids.TIMESTAMP_S:
    case ids.TIMESTAMP_MS:
    case ids.TIMESTAMP_NS:
    case ids.TIMESTAMP_TZ:
      return time(type, options);
    case ids.VARIANT:
      return { property: {}, text: (value) => text.json(`CAST(${value} AS JSON)`) };
    // Its digits are more than any number type of a target takes.
    case ids.BIGNUM:
    case ids.TIME_TZ:
    case ids.TIME_NS:
    case ids.INTERVAL:
    case ids.BIT:
      return { ...word, ...(type.typeId === ids.TIME_NS ? { cursor: "other" } : {}) };
    case ids.GEOMETRY:
      return { property: plainText, text: text.string };
    default:
      return { property: plainText, text: text.string, isUnknown: true };
  }
}

function decimal(precision: number, scale: number): WireType {
  return {
    property: { type: "number", "x-singer.decimal": true, precision, scale },
    text: (value) => text.decimal(value, precision > scale),
    cursor: "number",
  };
}

function time(type: DuckDBType, { api, datesAsText, depth }: TypeOptions): WireType {
  const { DuckDBTypeId: ids } = api;
  // The text of an infinite time with seconds or milliseconds is a date in the far future.
  const isCoarse = type.typeId === ids.TIMESTAMP_S || type.typeId === ids.TIMESTAMP_MS;
  const plain = (value: string): string => text.word(isCoarse ? `CAST(${value} AS TIMESTAMP)` : value);
  const asItIs: WireType = { property: plainText, text: plain, cursor: "time" };
  if (datesAsText || depth > 0) return asItIs;
  const { format, write, isUsual } = formOf(type, ids);
  return {
    property: { type: "string", format },
    text: write,
    wider: { property: plainText, text: plain, isNeeded: (value) => `NOT (${isUsual(value)})` },
    cursor: "time",
  };
}

interface TimeForm {
  format: "date" | "date-time";
  write: (value: string) => string;
  /** From the year 1 to 9999, to the microsecond. NULL for NULL. */
  isUsual: (value: string) => string;
}

function formOf({ typeId }: DuckDBType, ids: Api["DuckDBTypeId"]): TimeForm {
  if (typeId === ids.DATE)
    return { format: "date", write: text.word, isUsual: (value) => `${value} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'` };
  // All but the infinities are in the years 1677 to 2262. Targets keep microseconds of a time.
  if (typeId === ids.TIMESTAMP_NS)
    return {
      format: "date-time",
      write: (value) => text.instant(`CAST(${value} AS TIMESTAMP)`),
      isUsual: (value) => `(${text.call("isfinite", value)} AND ${value} = CAST(CAST(${value} AS TIMESTAMP) AS TIMESTAMP_NS))`,
    };
  const zoned = typeId === ids.TIMESTAMP_TZ;
  const limit = (at: string): string => (zoned ? `CAST(${quoteText(`${at}+00`)} AS TIMESTAMPTZ)` : `CAST(${quoteText(at)} AS TIMESTAMP)`);
  return {
    format: "date-time",
    write: zoned ? text.zonedInstant : (value) => text.instant(typeId === ids.TIMESTAMP ? value : `CAST(${value} AS TIMESTAMP)`),
    isUsual: (value) => {
      const comparable = zoned ? value : `TRY_CAST(${value} AS TIMESTAMP)`;
      const isWithin = `${comparable} >= ${limit("0001-01-01 00:00:00")} AND ${comparable} < ${limit("10000-01-01 00:00:00")}`;
      return `coalesce(${isWithin}, CASE WHEN ${value} IS NOT NULL THEN false END)`;
    },
  };
}
