/**
 * Whether two texts stand for one value. Equal texts always do. The databases hash texts, so a hash that is equal proves that rows are
 * equal; where it is not, this decides. Only kinds that not every database can write in one form need more than the text: JSON, floating-point
 * numbers, and numbers that may be apart. Pure.
 */
import { isExactNumber, isObject, numberText, parseDecimal, parseExact } from "@tapline/protocol";
import type { ColumnPair } from "./pair-columns.ts";

export type Cell = string | null;

export function isSame(here: Cell, there: Cell, { kind, tolerance }: Pick<ColumnPair, "kind" | "tolerance">): boolean {
  if (here === there) return true;
  if (here === null || there === null) return false;
  if (tolerance !== undefined) return Math.abs(Number(here) - Number(there)) <= tolerance;
  if (kind === "float") return isSameDouble(Number(here), Number(there));
  if (kind === "real") return isSameReal(Number(here), Number(there));
  return kind === "json" && isSameJson(here, there);
}

const isSameDouble = (here: number, there: number): boolean => here === there || (Number.isNaN(here) && Number.isNaN(there));

/** Numbers that 32 bits can't hold, too large or too small, equal only themselves. */
function isSameReal(here: number, there: number): boolean {
  const fits = (double: number): boolean => {
    const real = Math.fround(double);
    return Number.isFinite(real) && (real !== 0 || double === 0);
  };
  return isSameDouble(here, there) || (fits(here) && fits(there) && Math.fround(here) === Math.fround(there));
}

function isSameJson(here: string, there: string): boolean {
  const [one, other] = [plainJson(here), plainJson(there)];
  return one !== undefined && one === other;
}

/** JSON with its keys in order and each number in one form; undefined where the text is no JSON. Of a key that comes twice the last value counts. */
export function plainJson(text: string): string | undefined {
  try {
    return plain(parseExact(text));
  } catch {
    return undefined;
  }
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(",")}]`;
  if (typeof value === "number" || isExactNumber(value)) return plainNumber(numberText(value) ?? "0");
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${plain(value[key])}`).join(",")}}`;
}

function plainNumber(text: string): string {
  const decimal = parseDecimal(text);
  if (decimal === null) return text;
  const { isNegative, digits, exponent } = decimal;
  return digits === "" ? "0" : `${isNegative ? "-" : ""}${digits}e${exponent}`;
}
