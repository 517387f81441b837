/** Decimal text digit by digit: no double is ever involved. Pure. */
import { numberText } from "@tapline/protocol";
import type { ValueErrorCode } from "../errors.ts";
import { Refusal } from "./refusal.ts";

/** How many digits a number has: what decides which decimal holds it. */
export interface Digits {
  /** Before the point, without leading zeros. */
  whole: number;
  /** Behind the point, without trailing zeros. */
  scale: number;
}

/** `significant` times ten to the power of `exponent`; no zeros at either end, "" for zero. */
interface Decimal {
  isNegative: boolean;
  significant: string;
  exponent: number;
}

/** Digits with optional sign, point and exponent, as JSON numbers and Python's Decimal have them; null for any other text. */
export function readDecimal(text: string): Decimal | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const all = whole + fraction;
  const trimmed = all.replace(/0+$/, "");
  const exponent = Number(power) - fraction.length + all.length - trimmed.length;
  return { isNegative: sign === "-", significant: trimmed.replace(/^0+/, ""), exponent };
}

/** Of a finite number, or of a string that is one; null for any other value. */
export function digitsOf(value: unknown): Digits | null {
  const text = typeof value === "string" ? value : numberText(value);
  const decimal = text === null ? null : readDecimal(text);
  if (decimal === null) return null;
  const { significant, exponent } = decimal;
  if (significant === "") return { whole: 0, scale: 0 };
  return { whole: Math.max(significant.length + exponent, 0), scale: Math.max(-exponent, 0) };
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
  const decimal = readDecimal(text);
  if (decimal === null) throw new Refusal("wrong_type");
  const { isNegative, significant } = decimal;
  if (significant === "") return 0n;
  const exponent = decimal.exponent + scale;
  if (exponent < 0) throw new Refusal(tooFine);
  if (significant.length + exponent > mostDigits) throw new Refusal(outOfRange);
  const digits = BigInt(significant + "0".repeat(exponent));
  return isNegative ? -digits : digits;
}
