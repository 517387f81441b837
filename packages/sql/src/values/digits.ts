/** Decimal text to an integer of the wanted scale, digit by digit: no double is ever involved. */
import type { ValueErrorCode } from "../errors.ts";
import { Refusal } from "./refusal.ts";

/** More digits than most columns hold; also what keeps an exponent such as 1e999999999 from filling the memory. */
const usualMost = 60;

/**
 * The value times 10^scale. `text`: digits with optional sign, point and exponent, as JSON numbers and Python's Decimal have them.
 * @throws Refusal with `tooFine` when non-zero digits lie beyond the scale, `outOfRange` when it has absurdly many digits, wrong_type
 */
export function scaledDigits(
  text: string,
  scale: number,
  tooFine: ValueErrorCode,
  outOfRange: ValueErrorCode,
  mostDigits = usualMost,
): bigint {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Refusal("wrong_type");
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const all = whole + fraction;
  const significant = all.replace(/^0+/, "").replace(/0+$/, "");
  if (significant === "") return 0n;
  const trailingZeros = all.length - all.replace(/0+$/, "").length;
  const exponent = Number(power) - fraction.length + trailingZeros + scale;
  if (exponent < 0) throw new Refusal(tooFine);
  if (significant.length + exponent > mostDigits) throw new Refusal(outOfRange);
  const digits = BigInt(significant + "0".repeat(exponent));
  return sign === "-" ? -digits : digits;
}
