/** Decimal text digit by digit: no double is ever involved. Pure. */
import { numberText, parseDecimal } from "@tapline/protocol";
import type { ValueErrorCode } from "../errors.ts";
import { Refusal } from "./refusal.ts";

/** How many digits a number has: what decides which decimal holds it. */
export interface Digits {
  /** Before the point, without leading zeros. */
  whole: number;
  /** After the point, without trailing zeros. */
  scale: number;
}

/** Of a finite number, or of a string that is one; null for any other value. */
export function digitsOf(value: unknown): Digits | null {
  const text = typeof value === "string" ? value : numberText(value);
  const decimal = text === null ? null : parseDecimal(text);
  if (decimal === null) return null;
  const { digits, exponent } = decimal;
  if (digits === "") return { whole: 0, scale: 0 };
  return { whole: Math.max(exponent, 0), scale: Math.max(digits.length - exponent, 0) };
}

export function moreDigits(a: Digits, b: Digits): Digits {
  return { whole: Math.max(a.whole, b.whole), scale: Math.max(a.scale, b.scale) };
}

/** More digits than most columns hold; also what keeps an exponent such as 1e999999999 from filling the memory. */
const usualMost = 60;

/**
 * The value times 10^scale.
 * @throws Refusal with `tooFine` when non-zero digits lie beyond the scale, `outOfRange` when it has absurdly many digits, wrong_type
 */
export function scaledDigits(
  text: string,
  scale: number,
  tooFine: ValueErrorCode,
  outOfRange: ValueErrorCode,
  mostDigits = usualMost,
): bigint {
  const decimal = parseDecimal(text);
  if (decimal === null) throw new Refusal("wrong_type");
  const { isNegative, digits, exponent } = decimal;
  if (digits === "") return 0n;
  const length = exponent + scale;
  if (length < digits.length) throw new Refusal(tooFine);
  if (length > mostDigits) throw new Refusal(outOfRange);
  const scaled = BigInt(digits.padEnd(length, "0"));
  return isNegative ? -scaled : scaled;
}
