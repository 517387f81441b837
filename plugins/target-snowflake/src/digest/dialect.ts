/**
 * Snowflake's SQL for the digest of a table: each value as the text that every database makes of it. Floating-point numbers are the exception: it has
 * no numbers of 32 bits, and what its formats print of 64 bits was not seen in an account, so they may need the second look at the rows. Pure.
 */
import { quoteName } from "@tapline/columns";
import type { DigestColumn, DigestKind } from "@tapline/sdk";
import type { DigestDialect, DigestValue } from "@tapline/sql";
import { quoteText } from "../dialect/text.ts";

const kinds: Readonly<Record<string, DigestKind>> = {
  BOOLEAN: "boolean",
  FLOAT: "float",
  VARCHAR: "text",
  BINARY: "bytes",
  DATE: "date",
  TIME: "time",
  TIMESTAMP_NTZ: "timestamp",
  TIMESTAMP_LTZ: "instant",
  TIMESTAMP_TZ: "instant",
  VARIANT: "json",
  OBJECT: "json",
  ARRAY: "json",
};

/** As DESCRIBE TABLE has them, without the length or digits of one that names none. */
function kindOf(type: string): ReturnType<DigestDialect["kindOf"]> {
  const [, name = "", first, second] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?(?: COLLATE .*)?$/.exec(type) ?? [];
  // A number of 19 digits or more may not fit into 64 bits.
  if (name === "NUMBER") return { kind: Number(second ?? 0) === 0 && Number(first ?? 38) <= 18 ? "integer" : "decimal" };
  const kind = kinds[name];
  if (kind === undefined) return undefined;
  return /^TIME/.test(name) ? { kind, digits: digitsOf(Number(first ?? 9)) } : { kind };
}

/** Of a second, as the answer knows them. */
const digitsOf = (given: number): number => (given === 0 ? 0 : given <= 3 ? 3 : given <= 6 ? 6 : 9);

const varchar = (value: string): string => `TO_VARCHAR(${value})`;

export const digestDialect: DigestDialect = {
  quote: quoteName,
  literal: quoteText,
  kindOf,
  text,
  statistics,
  withLength: (value) => `${varchar(`OCTET_LENGTH(${value})`)} || ':' || ${value}`,
  join: (texts) => (texts.length === 1 ? (texts[0] as string) : `CONCAT_WS('|', ${texts.join(", ")})`),
  md5: (value) => `MD5(${value})`,
  checksum: (value) => `MD5_NUMBER_UPPER64(${value})`,
  // Its MOD has the sign of the number; that of two's complement is never below zero.
  lastBits: (number, mask) => `MOD(MOD(${number}, ${mask + 1}) + ${mask + 1}, ${mask + 1})`,
  asText: varchar,
  sortable: (value) => value,
  fence: "",
};

const scaleOf = (type: string): number => Number(/^NUMBER\(\d+,(\d+)\)/.exec(type)?.[1] ?? 0);

function decimal({ name, type }: DigestValue): string {
  if (type === "BOOLEAN") return varchar(`CAST(${name} AS INTEGER)`);
  const spelled = varchar(name);
  return scaleOf(type) === 0
    ? spelled
    : `CASE WHEN CONTAINS(${spelled}, '.') THEN REGEXP_REPLACE(${spelled}, '[.]?0+$', '') ELSE ${spelled} END`;
}

/** A zero has no sign: -0 + 0 is 0. The exponent has two digits where it needs no third. */
function floatText(double: string): string {
  const plain = `${double} + 0`;
  const small = `(${double} = 0 OR ABS(${double}) >= 1e-99 AND ABS(${double}) < 1e100)`;
  const scientific = (exponent: string): string => `TRIM(TO_VARCHAR(${plain}, '9.${"9".repeat(16)}${exponent}'))`;
  const special = `WHEN ${varchar(double)} IN ('NaN', 'inf', '-inf') THEN DECODE(${varchar(double)}, 'inf', 'Infinity', '-inf', '-Infinity', 'NaN')`;
  return `CASE ${special} WHEN ${small} THEN ${scientific("eeee")} ELSE ${scientific("eeeee")} END`;
}

const asDouble = ({ name }: DigestValue): string => `CAST(${name} AS FLOAT)`;

function step(value: DigestValue, tolerance: number): string {
  return floatText(`FLOOR(${asDouble(value)} / CAST(${tolerance} AS FLOAT))`);
}

/** As seconds with six digits, or nine, rounded down to the digits that count. */
function seconds(nanoseconds: string, digits = 6): string {
  const step = digits > 6 ? 1 : digits >= 6 ? 1000 : digits >= 3 ? 1_000_000 : 1_000_000_000;
  const kept = step === 1 ? nanoseconds : `${nanoseconds} - MOD(MOD(${nanoseconds}, ${step}) + ${step}, ${step})`;
  return varchar(`CAST(CAST(${kept} AS NUMBER(38,0)) * 0.000000001 AS NUMBER(38,${digits > 6 ? 9 : 6}))`);
}

const moment = ({ name, type }: DigestValue): string =>
  `DATE_PART(EPOCH_NANOSECOND, ${type === "DATE" ? `CAST(${name} AS TIMESTAMP_NTZ)` : name})`;

const timeOfDay = ({ name }: DigestValue): string => `DATEDIFF(NANOSECOND, CAST('00:00:00' AS TIME), ${name})`;

function text(value: DigestValue, { kind, digits, tolerance }: Omit<DigestColumn, "name">): string {
  const { name } = value;
  if (tolerance !== undefined) return step(value, tolerance);
  switch (kind) {
    case "boolean":
      return varchar(name);
    case "integer":
    case "decimal":
      return decimal(value);
    case "float":
    case "real":
      return floatText(asDouble(value));
    case "padded":
      return `RTRIM(${name}, ' ')`;
    case "bytes":
      return `LOWER(HEX_ENCODE(${name}))`;
    case "date":
      return varchar(`DATEDIFF(DAY, CAST('1970-01-01' AS DATE), ${name})`);
    case "timestamp":
    case "instant":
      return seconds(moment(value), digits);
    case "time":
      return seconds(timeOfDay(value), digits);
    case "json":
      return isText(value) ? name : `TO_JSON(${name})`;
    default:
      return plainText(value);
  }
}

const isText = ({ type }: DigestValue): boolean => type.startsWith("VARCHAR");

/** Of a column that is compared with text. */
function plainText(value: DigestValue): string {
  const own = kindOf(value.type)?.kind;
  if (own === "decimal" || own === "integer") return decimal(value);
  if (own === "json") return `TO_JSON(${value.name})`;
  return isText(value) ? value.name : varchar(value.name);
}

/** A sum of 38 digits could overflow. */
const canSum = (type: string): boolean => Number(/^NUMBER\((\d+)/.exec(type)?.[1] ?? 38) <= 24;

function statistics(value: DigestValue, { kind, digits }: Omit<DigestColumn, "name">): ReturnType<DigestDialect["statistics"]> {
  const { name, type } = value;
  const as = { kind, ...(digits !== undefined && { digits }) };
  const ends = { min: text({ name: `MIN(${name})`, type }, as), max: text({ name: `MAX(${name})`, type }, as) };
  switch (kind) {
    case "boolean":
      return { sum: `SUM(CAST(${name} AS INTEGER))` };
    case "integer":
    case "decimal":
      if (type === "BOOLEAN") return { sum: `SUM(CAST(${name} AS INTEGER))` };
      return canSum(type) ? { sum: decimal({ name: `SUM(${name})`, type }), ...ends } : ends;
    case "real":
    case "float":
    case "date":
    case "timestamp":
    case "instant":
    case "time":
      return ends;
    case "text":
      return { sum: `SUM(OCTET_LENGTH(${plainText(value)}))` };
    case "padded":
      return { sum: `SUM(OCTET_LENGTH(RTRIM(${name}, ' ')))` };
    case "bytes":
      return { sum: `SUM(LENGTH(${name}))` };
    default:
      return {};
  }
}
