/** Compares rows: numbers by their digits, instants by their time, other values as they are. Columns that the schema lacks are ignored. */
import { isExactNumber, type JsonSchema, type Row } from "@tapline/protocol";
import { assertSame } from "./same.ts";

/** Fails unless the rows are the same, each as often as it was sent, in any order. */
export function assertRows(stored: readonly Row[], sent: readonly Row[], properties: Record<string, JsonSchema>, what = "rows"): void {
  const names = Object.keys(properties);
  const text = (row: Row): string =>
    JSON.stringify(
      names.map((name) => [name, comparable(row[name], properties[name] as JsonSchema)]).filter(([, value]) => value !== null),
    );
  assertSame(stored.map(text), sent.map(text), what);
}

/** Gives equal values the same form. Tags keep "1", 1 and true apart. */
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

/** "-12.50" as "-125e-1": the significant digits and a power of ten, so that 1.50 equals 1.5 and 1.5e3 equals 1500. */
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

/** Microseconds since 1970 as text; finer digits are cut off. */
function instantOf(text: string): string {
  const match = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/i.exec(text);
  const [, seconds = "", fraction = "", zone = "Z"] = match ?? [];
  const milliseconds = Date.parse(`${seconds.replace(" ", "T")}${zone.toUpperCase()}`);
  return Number.isNaN(milliseconds) ? text : String(BigInt(milliseconds) * 1000n + BigInt(`${fraction}000000`.slice(0, 6)));
}
