/** Numbers of seconds or smaller units since 1970-01-01 UTC as text that the reader of instants takes. Pure. */
import { numberText, parseDecimal } from "@tapline/protocol";
import type { EpochUnit } from "./value-rules.ts";

/** Times ten to this power, a number of such units is a number of microseconds. */
const powers: Readonly<Record<EpochUnit, number>> = { seconds: 6, milliseconds: 3, microseconds: 0, nanoseconds: -3 };

const [firstMs, lastMs] = [Date.parse("0001-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59.999Z")];

export interface EpochText {
  text: string;
  /** It was finer than a microsecond. */
  isCut: boolean;
}

/** Undefined where the value is not a finite number, or an instant outside the years 0001 to 9999. */
export function epochText(value: unknown, unit: EpochUnit): EpochText | undefined {
  if (Number.isInteger(value) && (unit === "seconds" || unit === "milliseconds"))
    return textOf((value as number) * (unit === "seconds" ? 1000 : 1), "000", false);
  const text = numberText(value);
  const decimal = text === null ? null : parseDecimal(text);
  if (decimal === null) return undefined;
  const { digits, isNegative } = decimal;
  const length = decimal.exponent + powers[unit];
  // 253,402,300,800,000,000 microseconds are the year 10000.
  if (length > 18) return undefined;
  const whole = BigInt(digits.slice(0, Math.max(length, 0)).padEnd(length, "0") || "0");
  const isCut = digits.length > length;
  // Like the digits of a text, those of a number before 1970 are cut towards the past.
  const micros = isNegative ? -whole - (isCut ? 1n : 0n) : whole;
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  return textOf(Number((micros - rest) / 1000n), String(rest).padStart(3, "0"), isCut);
}

function textOf(ms: number, micros: string, isCut: boolean): EpochText | undefined {
  if (!(ms >= firstMs && ms <= lastMs)) return undefined;
  return { text: `${new Date(ms).toISOString().slice(0, -1)}${micros}Z`, isCut };
}
