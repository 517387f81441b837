/** Whether rows are the same as others: columns that no schema names are not looked at; numbers by their digits, instants by their time, all else as it is. */
import { isExactNumber, type JsonSchema, type Row } from "@tapline/protocol";
import { assertSame } from "./same.ts";

/** The same rows, as often as sent, in any order. */
export function assertRows(stored: readonly Row[], sent: readonly Row[], properties: Record<string, JsonSchema>, what = "rows"): void {
  const names = Object.keys(properties);
  const text = (row: Row): string =>
    JSON.stringify(
      names.map((name) => [name, comparable(row[name], properties[name] as JsonSchema)]).filter(([, value]) => value !== null),
    );
  assertSame(stored.map(text), sent.map(text), what);
}

/** A value in a form in which equal values are equal: tagged, so that "1", 1 and true differ. */
function comparable(value: unknown, schema: JsonSchema): unknown {
  if (value === null || value === undefined) return null;
  if (isNumber(value)) return { number: digitsOf(value) };
  if (typeof value === "string" && isDecimal(schema)) return { number: digitsOf(value) };
  if (typeof value === "string" && schema.format === "date-time") return { instant: instantOf(value) };
  return nested(value);
}

function nested(value: unknown): unknown {
  if (isNumber(value)) return { number: digitsOf(value) };
  if (Array.isArray(value)) return value.map(nested);
  if (typeof value !== "object" || value === null) return value;
  return {
    object: Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => [key, nested(item)])
        .sort(),
    ),
  };
}

const isNumber = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint" || isExactNumber(value);
const isDecimal = (schema: JsonSchema): boolean => schema.format === "singer.decimal" || schema.format === "x-singer.decimal";

/** "-12.50" as "-125e-1": the digits that count and where the point is, so that 1.50 is 1.5 and 1.5e3 is 1500. */
export function digitsOf(value: unknown): string {
  const text = isExactNumber(value) ? value.rawJSON : String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return `not a number: ${text}`;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return "0";
  const kept = digits.replace(/0+$/, "");
  return `${sign}${kept}e${Number(power) - fraction.length + digits.length - kept.length}`;
}

/** Microseconds since 1970 as text; what is finer is cut. */
function instantOf(text: string): string {
  const match = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/i.exec(text);
  const [, seconds = "", fraction = "", zone = "Z"] = match ?? [];
  const milliseconds = Date.parse(`${seconds.replace(" ", "T")}${zone.toUpperCase()}`);
  return Number.isNaN(milliseconds) ? text : String(BigInt(milliseconds) * 1000n + BigInt(`${fraction}000000`.slice(0, 6)));
}
