/** DuckDB's SQL for the digest of a table: each value as the text that every database makes of it. Pure. */
import { quoteName, quoteText } from "@tapline/columns";
import type { DigestColumn, DigestKind } from "@tapline/sdk";
import type { DigestDialect, DigestValue } from "@tapline/sql";

const kinds: Readonly<Record<string, { kind: DigestKind; digits?: number }>> = {
  BOOLEAN: { kind: "boolean" },
  TINYINT: { kind: "integer" },
  SMALLINT: { kind: "integer" },
  INTEGER: { kind: "integer" },
  BIGINT: { kind: "integer" },
  UTINYINT: { kind: "integer" },
  USMALLINT: { kind: "integer" },
  UINTEGER: { kind: "integer" },
  UBIGINT: { kind: "decimal" },
  HUGEINT: { kind: "decimal" },
  UHUGEINT: { kind: "decimal" },
  FLOAT: { kind: "real" },
  DOUBLE: { kind: "float" },
  VARCHAR: { kind: "text" },
  UUID: { kind: "uuid" },
  BLOB: { kind: "bytes" },
  DATE: { kind: "date" },
  TIME: { kind: "time", digits: 6 },
  TIMESTAMP: { kind: "timestamp", digits: 6 },
  TIMESTAMP_S: { kind: "timestamp", digits: 0 },
  TIMESTAMP_MS: { kind: "timestamp", digits: 3 },
  TIMESTAMP_NS: { kind: "timestamp", digits: 9 },
  "TIMESTAMP WITH TIME ZONE": { kind: "instant", digits: 6 },
  JSON: { kind: "json" },
};

/** In nested types: those whose values are the same JSON in every database. */
const unlike = /\b(?:TIME|TIMESTAMP|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS|INTERVAL|BLOB|BIT|UNION)\b/;

function kindOf(type: string): ReturnType<DigestDialect["kindOf"]> {
  const known = kinds[type];
  if (known !== undefined) return known;
  if (type.startsWith("DECIMAL(")) return { kind: "decimal" };
  if (type.startsWith("ENUM(")) return { kind: "text" };
  if (/^(?:STRUCT|MAP)\(|\]$/.test(type)) return unlike.test(type) ? undefined : { kind: "json" };
  return undefined;
}

export const digestDialect: DigestDialect = {
  quote: quoteName,
  literal: quoteText,
  kindOf,
  text,
  statistics,
  withLength: (value) => `(strlen(${value}) || ':' || ${value})`,
  join: (texts) => (texts.length === 1 ? (texts[0] as string) : `concat_ws('|', ${texts.join(", ")})`),
  md5: (value) => `md5(${value})`,
  checksum: (value) => `CAST('0x' || left(md5(${value}), 16) AS UBIGINT)`,
  lastBits: (number, mask) => `(${number} & ${mask})`,
  asText: (value) => `CAST(${value} AS VARCHAR)`,
  sortable: (value) => value,
  fence: "",
};

const varchar = (value: string): string => `CAST(${value} AS VARCHAR)`;
const isWhole = (type: string): boolean => /INT$/.test(type) || /^DECIMAL\(\d+,0\)$/.test(type);

/** "-.50" of DECIMAL(2,2) is -0.5. */
function decimal({ name, type }: DigestValue): string {
  if (type === "BOOLEAN") return varchar(`CAST(${name} AS INTEGER)`);
  if (isWhole(type)) return varchar(name);
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  const trimmed = (text: string): string => `rtrim(rtrim(${text}, '0'), '.')`;
  if (precision !== scale) return trimmed(varchar(name));
  return Number(precision) < 38
    ? trimmed(varchar(`CAST(${name} AS DECIMAL(${Number(precision) + 1},${scale}))`))
    : `CASE WHEN ${name} = 0 THEN '0' ELSE ${trimmed(`regexp_replace(${varchar(name)}, '^(-?)\\.', '\\10.')`)} END`;
}

/** DuckDB's own cast of a decimal rounds twice where it has more digits than a double. */
const asDouble = ({ name, type }: DigestValue): string =>
  type.startsWith("DECIMAL") || /HUGEINT/.test(type) ? `CAST(${varchar(name)} AS DOUBLE)` : `CAST(${name} AS DOUBLE)`;

const named = (value: string): string =>
  `CASE WHEN isnan(${value}) THEN 'NaN' WHEN ${value} > 0 THEN 'Infinity' WHEN ${value} < 0 THEN '-Infinity' END`;

/** A zero has no sign: -0 + 0 is 0. */
const floatText = (double: string): string =>
  `CASE WHEN isfinite(${double}) THEN format('{:.16e}', ${double} + 0) ELSE ${named(double)} END`;

/** Rounded to 32 bits, where that has a value; other numbers keep their 64 bits, so that they equal no number of 32 bits. */
function real(value: DigestValue): string {
  const rounded = (of: string): string => `format('{:.8e}', CAST(${of} AS FLOAT) + CAST(0 AS FLOAT))`;
  if (value.type === "FLOAT") return `CASE WHEN isfinite(${value.name}) THEN ${rounded(value.name)} ELSE ${named(value.name)} END`;
  const double = asDouble(value);
  return `CASE WHEN ${double} = 0 OR abs(${double}) BETWEEN 7.1e-46 AND 3.4028235677973362e38 THEN ${rounded(double)} ELSE ${floatText(double)} END`;
}

function step(value: DigestValue, tolerance: number): string {
  const double = asDouble(value);
  return `CASE WHEN isfinite(${double}) THEN format('{:.16e}', floor(${double} / CAST(${tolerance} AS DOUBLE)) + 0) ELSE ${named(double)} END`;
}

/** Seconds since 1970 with six digits, or nine. */
function seconds({ name, type }: DigestValue, digits = 6): string {
  const isDate = type === "DATE";
  const moment = isDate ? `CAST(${name} AS TIMESTAMP)` : name;
  return `CASE WHEN isfinite(${name}) THEN ${varchar(count(moment, type, digits))} WHEN ${name} > ${isDate ? "DATE" : "TIMESTAMP"} '1970-01-01' THEN 'Infinity' WHEN ${name} IS NOT NULL THEN '-Infinity' END`;
}

function count(moment: string, type: string, digits: number): string {
  const scaled = (whole: string, places: number): string =>
    `CAST(${whole} AS DECIMAL(24,0)) * CAST('1e-${places}' AS DECIMAL(${places + 1},${places}))`;
  if (digits > 6) return scaled(type === "TIMESTAMP_NS" ? `epoch_ns(${moment})` : `epoch_us(${moment})::HUGEINT * 1000`, 9);
  const micros = type === "TIMESTAMP_NS" ? down(`epoch_ns(${moment})`, 1000, 1000) : `epoch_us(${moment})`;
  if (digits >= 6) return scaled(micros, 6);
  return scaled(down(micros, digits >= 3 ? 1000 : 1_000_000, 1), 6);
}

/** Rounded down to a multiple, also below zero, and divided. */
const down = (whole: string, step: number, by: number): string => {
  const multiple = `${whole} - ((${whole} % ${step}) + ${step}) % ${step}`;
  return by === 1 ? `(${multiple})` : `((${multiple}) // ${by})`;
};

function time({ name }: DigestValue, digits = 6): string {
  const micros = digits >= 6 ? `epoch_us(${name})` : down(`epoch_us(${name})`, digits >= 3 ? 1000 : 1_000_000, 1);
  return varchar(`CAST(${micros} AS DECIMAL(12,0)) * CAST('1e-6' AS DECIMAL(7,6))`);
}

function text(value: DigestValue, { kind, digits, tolerance }: Omit<DigestColumn, "name">): string {
  const { name, type } = value;
  if (tolerance !== undefined) return step(value, tolerance);
  switch (kind) {
    case "boolean":
    case "uuid":
      return varchar(name);
    case "integer":
    case "decimal":
      return decimal(value);
    case "float":
      return floatText(asDouble(value));
    case "real":
      return real(value);
    case "padded":
      return `rtrim(${varchar(name)}, ' ')`;
    case "bytes":
      return `lower(hex(${name}))`;
    case "date":
      return `CASE WHEN isfinite(${name}) THEN ${varchar(`${name} - DATE '1970-01-01'`)} ELSE ${varchar(name)} END`;
    case "timestamp":
    case "instant":
      return seconds(value, digits);
    case "time":
      return time(value, digits);
    case "json":
      return type === "JSON" || type === "VARCHAR" ? varchar(name) : varchar(`to_json(${name})`);
    default:
      return plainText(value);
  }
}

/** Of a column that is compared with text. */
function plainText(value: DigestValue): string {
  const own = kindOf(value.type)?.kind;
  if (own === "decimal" || own === "integer") return decimal(value);
  return own === "json" && value.type !== "JSON" ? varchar(`to_json(${value.name})`) : varchar(value.name);
}

/** A sum of 38 digits could overflow. */
const canSum = (type: string): boolean => {
  const precision = /^DECIMAL\((\d+),/.exec(type)?.[1];
  return precision === undefined ? type !== "HUGEINT" && type !== "UHUGEINT" : Number(precision) <= 24;
};

function statistics(value: DigestValue, { kind, digits }: Omit<DigestColumn, "name">): ReturnType<DigestDialect["statistics"]> {
  const { name, type } = value;
  const as = { kind, ...(digits !== undefined && { digits }) };
  const ends = { min: text({ name: `min(${name})`, type }, as), max: text({ name: `max(${name})`, type }, as) };
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1];
  switch (kind) {
    case "boolean":
      return { sum: `sum(CAST(${name} AS INTEGER))` };
    case "integer":
    case "decimal":
      if (type === "BOOLEAN") return { sum: `sum(CAST(${name} AS INTEGER))` };
      return canSum(type)
        ? { sum: decimal({ name: `sum(${name})`, type: scale === undefined ? "HUGEINT" : `DECIMAL(38,${scale})` }), ...ends }
        : ends;
    case "real":
    case "float":
    case "date":
    case "timestamp":
    case "instant":
    case "time":
      return ends;
    case "text":
      return { sum: `sum(strlen(${plainText(value)}))` };
    case "padded":
      return { sum: `sum(strlen(rtrim(${varchar(name)}, ' ')))` };
    case "bytes":
      return { sum: `sum(octet_length(${name}))` };
    default:
      return {};
  }
}
