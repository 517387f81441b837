import {
  type Clock,
  type ColumnType,
  checkFraction,
  decimalText,
  fractionDigits,
  integerText,
  intervalText,
  isMoney,
  jsonText,
  Refusal,
  readBase64,
  readDate,
  readDouble,
  readInstant,
  readInterval,
  readReal,
  readTime,
  readUuid,
  scaledDigits,
  surelyExactDigits,
  textReader,
} from "@tapline/columns";
/** For each column type the function that spells one JSON value as the server reads it: exactly, or it throws. Pure. */

/** Spells a value that is not null. Text may have U+0000, which no format of COPY takes. @throws Refusal */
export type ValueText = (value: unknown) => string;

/** For all types but lists. */
export function valueText(type: ColumnType): ValueText {
  switch (type.kind) {
    case "boolean":
      return boolean;
    case "smallint":
    case "integer":
    case "bigint":
    case "hugeint":
      return integer(bits[type.kind]);
    case "real":
      return (value) => doubleText(readReal(value));
    case "double":
      return (value) => doubleText(readDouble(value));
    case "numeric":
      return numeric;
    case "decimal":
      return isMoney(type) ? money : decimal(type.precision, type.scale);
    case "date":
      return date;
    case "time":
      return time(fractionDigits(type));
    case "timestamptz":
      return remembering(checked(instant, fractionDigits(type)));
    case "timestamp":
      return remembering(checked(utc, fractionDigits(type)));
    case "interval":
      return (value) => intervalText(readInterval(value), "+");
    case "uuid":
      return readUuid;
    case "binary":
      return binary;
    case "varchar":
      return textReader(type);
    case "json":
      return json;
  }
}

function boolean(value: unknown): string {
  if (typeof value !== "boolean") throw new Refusal("wrong_type");
  return value ? "t" : "f";
}

const bits = { smallint: 16, integer: 32, bigint: 64, hugeint: 128 };

function integer(width: number): ValueText {
  const most = 2n ** BigInt(width - 1);
  const safe = Math.min(2 ** (width - 1), Number.MAX_SAFE_INTEGER + 1);
  return (value) => {
    if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < safe) return String(value);
    const digits = scaledDigits(integerText(value), 0, "integer_has_fraction", "integer_out_of_range");
    if (digits < -most || digits >= most) throw new Refusal("integer_out_of_range");
    return String(digits);
  };
}

/** The server reads the shortest spelling as the same bits. */
function doubleText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** NaN and infinities are values of PostgreSQL's numeric (the latter since 14). */
function numeric(value: unknown): string {
  if (typeof value === "number") return String(value);
  return checkSize(decimalText(value));
}

/** What numeric holds: 131,072 digits before and 16,383 after the point (PostgreSQL manual, 8.1.2). It would round finer ones. */
const mostWhole = 131_072;
const mostFraction = 16_383;

/** Only long texts and exponents can exceed it. */
function checkSize(text: string): string {
  const match = /^[+-]?(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Refusal("wrong_type");
  const [, whole = "", fraction = "", power = "0"] = match;
  if (text.length < mostFraction && power === "0") return text;
  const exponent = Number(power);
  if (whole.replace(/^0+/, "").length + exponent > mostWhole) throw new Refusal("decimal_out_of_range");
  if (fraction.replace(/0+$/, "").length - exponent > mostFraction) throw new Refusal("decimal_too_fine");
  return text;
}

function decimal(precision: number, scale: number): ValueText {
  const factor = 10 ** scale;
  const fastLimit = surelyExactDigits(precision, scale);
  const limit = 10n ** BigInt(precision);
  return (value) => {
    if (typeof value === "number") {
      const digits = Math.round(value * factor);
      if (digits <= fastLimit && digits >= -fastLimit && digits / factor === value) return String(value);
    }
    const text = decimalText(value);
    const digits = scaledDigits(text, scale, "decimal_too_fine", "decimal_out_of_range", precision + 1);
    if (digits >= limit || digits <= -limit) throw new Refusal("decimal_out_of_range");
    return text;
  };
}

/** As the server writes money, with or without symbol and commas. */
const moneyText = /^-?\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$/;
const moneyDigits = 2n ** 63n;

/** In cents without an exponent, which the server does not read. */
function money(value: unknown): string {
  const text = typeof value === "string" && moneyText.test(value) ? value.replace(/[$,]/g, "") : decimalText(value);
  const cents = scaledDigits(text, 2, "decimal_too_fine", "decimal_out_of_range");
  if (cents < -moneyDigits || cents >= moneyDigits) throw new Refusal("decimal_out_of_range");
  const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const scratch: Clock = { seconds: 0, micros: 0 };

function date(value: unknown): string {
  readDate(value);
  return (value as string).slice(0, 10);
}

function time(digits: number | undefined): ValueText {
  return (value) => {
    const end = readTime(value, scratch);
    checkFraction(scratch, digits);
    return (value as string).slice(0, end);
  };
}

/** The server refuses zones of 16 hours and more. */
const largestZone = 15;

function instant(value: string): string {
  if (!readInstant(value, scratch)) throw new Refusal("invalid_timestamp");
  const hours = /[+-](\d\d):?\d*$/.exec(value.slice(10))?.[1];
  return hours === undefined || Number(hours) <= largestZone ? value : utcText(scratch);
}

function utc(value: string): string {
  if (!readInstant(value, scratch)) throw new Refusal("invalid_timestamp");
  return utcText(scratch);
}

function utcText({ seconds, micros }: Clock): string {
  const text = new Date(seconds * 1000).toISOString();
  // An offset can lead to years outside 0001-9999: they have a sign or are 0000.
  if (!/^\d/.test(text) || text.startsWith("0000")) throw new Refusal("invalid_timestamp");
  return `${text.slice(0, 19)}.${String(micros).padStart(6, "0")}Z`;
}

/** `write` reads the time into `scratch`. */
function checked(write: (value: string) => string, digits: number | undefined): (value: string) => string {
  if (digits === undefined) return write;
  return (value) => {
    const text = write(value);
    checkFraction(scratch, digits);
    return text;
  };
}

/** Columns with the time of extraction or loading repeat a text for a whole batch. */
function remembering(write: (value: string) => string): ValueText {
  let lastValue: string | undefined;
  let lastText = "";
  return (value) => {
    if (value === lastValue) return lastText;
    if (typeof value !== "string") throw new Refusal("wrong_type");
    lastText = write(value);
    lastValue = value;
    return lastText;
  };
}

/** Source: PostgreSQL manual, 8.4.1, "bytea Hex Format". */
function binary(value: unknown): string {
  return `\\x${readBase64(value).toString("hex")}`;
}

/** A NUL that is escaped in the JSON text: an odd number of backslashes before u0000. */
const writtenNul = /(?<!\\)(?:\\\\)*\\u0000/;

function json(value: unknown): string {
  const text = jsonText(value);
  if (text.includes("\\u0000") && writtenNul.test(text)) throw new Refusal("nul_character");
  return text;
}
