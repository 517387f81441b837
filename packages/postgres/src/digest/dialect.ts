/** PostgreSQL's SQL for the digest of a table: each value as the text that every database makes of it. From PostgreSQL 14 on. Pure. */
import { quoteName, quoteText } from "@tapline/columns";
import type { DigestColumn, DigestKind } from "@tapline/sdk";
import type { DigestDialect, DigestValue } from "@tapline/sql";

/** By format_type() without what is in brackets. */
const kinds: Readonly<Record<string, DigestKind>> = {
  boolean: "boolean",
  smallint: "integer",
  integer: "integer",
  bigint: "integer",
  oid: "integer",
  numeric: "decimal",
  real: "real",
  "double precision": "float",
  text: "text",
  "character varying": "text",
  name: "text",
  citext: "text",
  character: "padded",
  bpchar: "padded",
  uuid: "uuid",
  bytea: "bytes",
  date: "date",
  json: "json",
  jsonb: "json",
};

/** Types whose elements are the same JSON in every database. */
const plainElements = /^(?:boolean|smallint|integer|bigint|numeric|real|double precision|text|character varying|uuid|date|jsonb?)$/;

export function kindOf(type: string): ReturnType<DigestDialect["kindOf"]> {
  const plain = type.replace(/\(.*?\)/, "");
  const time = /^(timestamp|time)(?:\((\d)\))? (with|without) time zone$/.exec(type);
  if (time !== null) {
    if (time[1] === "time" && time[3] === "with") return undefined;
    return { kind: time[1] === "time" ? "time" : time[3] === "with" ? "instant" : "timestamp", digits: digitsOf(time[2]) };
  }
  if (plain.endsWith("[]")) return plainElements.test(plain.replace(/(\[\])+$/, "")) ? { kind: "json" } : undefined;
  const kind = kinds[plain];
  return kind === undefined ? undefined : { kind };
}

/** Of a second, as the answer knows them. */
const digitsOf = (given: string | undefined): number => (given === undefined ? 6 : Number(given) === 0 ? 0 : Number(given) <= 3 ? 3 : 6);

/** The database's encoding decides what md5() of a text hashes. */
export function digestDialect(serverEncoding: string): DigestDialect {
  const md5 = serverEncoding === "UTF8" ? (text: string) => `md5(${text})` : (text: string) => `md5(convert_to(${text}, 'UTF8'))`;
  const length =
    serverEncoding === "UTF8" ? (text: string) => `octet_length(${text})` : (text: string) => `octet_length(convert_to(${text}, 'UTF8'))`;
  return {
    quote: quoteName,
    literal: quoteText,
    kindOf,
    text,
    statistics,
    withLength: (text) => `${length(text)} || ':' || ${text}`,
    join: (texts) => (texts.length === 1 ? (texts[0] as string) : `concat_ws('|', ${texts.join(", ")})`),
    md5,
    checksum: (text) => `('x' || left(${md5(text)}, 16))::bit(64)::int8`,
    lastBits: (number, mask) => `(${number} & ${mask})`,
    asText: (value) => `(${value})::text`,
    sortable: (text) => `${text} COLLATE "C"`,
    // Without it the planner expects as many buckets as rows, and sorts the whole rows: 1M of 16 columns on disk.
    fence: "\n  OFFSET 0",
  };
}

const isBoolean = ({ type }: DigestValue): boolean => type === "boolean";
const isInteger = ({ type }: DigestValue): boolean => kindOf(type)?.kind === "integer";

/** A number as double precision, or NULL where it is larger or smaller than one can be. */
function asDouble({ name, type }: DigestValue): { double: string; fits: string | undefined } {
  if (!type.startsWith("numeric")) return { double: `${name}::float8`, fits: undefined };
  return { double: `${name}::float8`, fits: `(${name} = 0 OR abs(${name}) BETWEEN 1e-307 AND 1.79e308)` };
}

const scientific = (value: string, digits: number): string => `ltrim(to_char(${value}, '9.${"9".repeat(digits)}EEEE'))`;

/** A zero has no sign: -0 + 0 is 0. */
const floatText = (double: string): string =>
  `CASE WHEN abs(${double}) < 'Infinity' THEN ${scientific(`${double} + 0`, 16)} ELSE (${double})::text END`;

function float(value: DigestValue): string {
  const { double, fits } = asDouble(value);
  return fits === undefined ? floatText(double) : `CASE WHEN ${fits} THEN ${floatText(double)} ELSE ${value.name}::text END`;
}

/** Rounded to 32 bits, where that has a value; other numbers keep their 64 bits, so that they equal no number of 32 bits. */
function real(value: DigestValue): string {
  if (value.type === "real")
    return `CASE WHEN abs(${value.name}) < 'Infinity' THEN ${scientific(`${value.name} + 0::float4`, 8)} ELSE ${value.name}::text END`;
  const { double, fits } = asDouble(value);
  const small = `CASE WHEN ${double} = 0 OR abs(${double}) BETWEEN 7.1e-46 AND 3.4028235677973362e38 THEN ${scientific(`${double}::float4 + 0::float4`, 8)} ELSE ${floatText(double)} END`;
  return fits === undefined ? small : `CASE WHEN ${fits} THEN ${small} ELSE ${value.name}::text END`;
}

function step(value: DigestValue, tolerance: number): string {
  const { double, fits } = asDouble(value);
  const inside = `CASE WHEN abs(${double}) < 'Infinity' THEN ${scientific(`floor(${double} / ${tolerance}::float8) + 0`, 16)} ELSE (${double})::text END`;
  return fits === undefined ? inside : `CASE WHEN ${fits} THEN ${inside} ELSE ${value.name}::text END`;
}

function decimal(value: DigestValue): string {
  if (isBoolean(value)) return `${value.name}::int::text`;
  return isInteger(value) || /^numeric\(\d+,0\)$/.test(value.type) ? `${value.name}::text` : `trim_scale(${value.name})::text`;
}

/** Seconds since 1970 with six digits. */
function seconds({ name, type }: DigestValue, digits = 6): string {
  const moment = type === "date" ? `${name}::timestamp` : name;
  const cut = digits >= 6 ? moment : `date_trunc('${digits >= 3 ? "milliseconds" : "second"}', ${moment})`;
  return `extract(epoch FROM ${cut})::text`;
}

/** Midnight at the end of a day is a time of its own. */
const time = ({ name }: DigestValue, digits = 6): string =>
  digits >= 6
    ? `extract(epoch FROM ${name})::text`
    : `extract(epoch FROM date_trunc('${digits >= 3 ? "milliseconds" : "second"}', ${name}::interval))::text`;

function text(value: DigestValue, { kind, digits, tolerance }: Omit<DigestColumn, "name">): string {
  const { name, type } = value;
  if (tolerance !== undefined) return step(value, tolerance);
  switch (kind) {
    case "boolean":
    case "uuid":
      return `${name}::text`;
    case "integer":
    case "decimal":
      return decimal(value);
    case "float":
      return float(value);
    case "real":
      return real(value);
    case "padded":
      return `rtrim(${name}::text, ' ')`;
    case "bytes":
      return `encode(${name}, 'hex')`;
    case "date":
      return `CASE WHEN isfinite(${name}) THEN (${name} - date '1970-01-01')::text ELSE ${name}::text END`;
    case "timestamp":
    case "instant":
      return seconds(value, digits);
    case "time":
      return time(value, digits);
    case "json":
      return type.endsWith("[]") ? `to_json(${name})::text` : `${name}::text`;
    default:
      return plainText(value);
  }
}

/** Of a column that is compared with text. */
function plainText(value: DigestValue): string {
  const own = kindOf(value.type)?.kind;
  if (own === "decimal" || own === "integer") return decimal(value);
  return own === "json" && value.type.endsWith("[]") ? `to_json(${value.name})::text` : `${value.name}::text`;
}

function statistics(value: DigestValue, { kind, digits }: Omit<DigestColumn, "name">): ReturnType<DigestDialect["statistics"]> {
  const { name } = value;
  const ends = (as: DigestValue): { min: string; max: string } => ({
    min: text({ ...as, name: `min(${as.name})` }, { kind, ...(digits !== undefined && { digits }) }),
    max: text({ ...as, name: `max(${as.name})` }, { kind, ...(digits !== undefined && { digits }) }),
  });
  switch (kind) {
    case "boolean":
      return { sum: `sum(${name}::int)` };
    case "integer":
    case "decimal":
      if (isBoolean(value)) return { sum: `sum(${name}::int)` };
      return { sum: isInteger(value) ? `sum(${name})` : `trim_scale(sum(${name}))`, ...ends(value) };
    case "real":
    case "float":
    case "date":
    case "timestamp":
    case "instant":
    case "time":
      return ends(value);
    case "text":
      return { sum: `sum(octet_length(${plainText(value)}))` };
    case "padded":
      return { sum: `sum(octet_length(rtrim(${name}::text, ' ')))` };
    case "bytes":
      return { sum: `sum(octet_length(${name}))` };
    default:
      return {};
  }
}
