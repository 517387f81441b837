/** Numbers as columns take them: exactly, or not at all. Pure. */
import { isExactNumber, numberText, parseDecimal } from "@tapline/protocol";
import { Refusal } from "./refusal.ts";

/**
 * The number as a double; also a number that was sent as text, as decimals are.
 * @throws Refusal with double_not_exact where it has digits that no double keeps, wrong_type
 */
export function readDouble(value: unknown): number {
  if (typeof value === "number") return value;
  if (isExactNumber(value)) throw new Refusal("double_not_exact");
  const sent = typeof value === "string" ? parseDecimal(value) : null;
  if (sent === null) throw new Refusal("wrong_type");
  const double = Number(value);
  const kept = parseDecimal(String(double));
  if (kept?.digits !== sent.digits || kept.exponent !== sent.exponent) throw new Refusal("double_not_exact");
  return double;
}

/** Only numbers that 32 bits hold exactly: others would lose digits. @throws as `readDouble` */
export function readReal(value: unknown): number {
  const number = readDouble(value);
  if (Number.isFinite(number) && Math.fround(number) !== number) throw new Refusal("double_not_exact");
  return number;
}

/** The digits a number was sent with. @throws Refusal wrong_type, not_finite */
export function integerText(value: unknown): string {
  const text = numberText(value);
  if (text === null) throw new Refusal(typeof value === "number" ? "not_finite" : "wrong_type");
  return text;
}

/** Strings too, as taps send decimals. @throws as `integerText` */
export function decimalText(value: unknown): string {
  return typeof value === "string" ? value : integerText(value);
}

/** Up to here a double has only one decimal spelling, so a product that divides back to the value has the value's digits. */
const surelyExact = 999_999_999_999_999;

/** Powers of ten up to this one are exact doubles. */
const exactPowers = 22;

/**
 * The largest absolute value of `digits = Math.round(value * 10 ** scale)` for which the value has exactly those digits if also `digits / 10 ** scale === value`; -1 where none may.
 */
export function surelyExactDigits(precision: number, scale: number): number {
  return scale > exactPowers ? -1 : Math.min(surelyExact, 10 ** precision - 1);
}
