/** Whether a number is a whole number of steps (`multipleOf`), by the decimal digits that were sent: 0.07 is a multiple of 0.01. */
import { isMultipleOf, numberText, parseDecimal } from "@tapline/protocol";

/**
 * Compiles the check of numbers that a double holds; `step` as a schema has it. NaN and infinities, which have no digits, pass.
 * A few nanoseconds a value: one with so many decimals as the step is a whole number of its last digit, and doubles are exact there.
 */
export function stepCheck(step: unknown): (value: number) => boolean {
  const text = numberText(step) as string;
  const { digits, exponent } = parseDecimal(text);
  const decimals = Math.max(0, digits.length - exponent);
  const scale = Number(`1e${decimals}`);
  const units = Number(`${digits}e${Math.max(0, exponent - digits.length)}`);
  // 1e22 is the last power of ten that a double holds.
  const most = decimals <= 22 && units <= surelyWhole ? surelyWhole : -1;
  return (value) => {
    const scaled = Math.round(value * scale);
    if (Math.abs(scaled) <= most) return scaled / scale === value && scaled % units === 0;
    return !Number.isFinite(value) || isMultipleOf(String(value), text);
  };
}

/** Up to here a product that should be whole is less than a half beside it. */
const surelyWhole = 2 ** 50;
