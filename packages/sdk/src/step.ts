/** Whether a number is a whole number of steps (`multipleOf`), by the decimal digits that were sent: 0.07 is a multiple of 0.01. */
import { type Decimal, isMultipleOf, numberText, parseDecimal } from "@tapline/protocol";

/**
 * Compiles the check of numbers that a double holds. `step` is the schema's number, more than 0. NaN and infinities have no digits, and pass.
 * The check takes a few nanoseconds: a value with as many decimals as the step is a whole number of the step's last digit, and
 * doubles are exact there.
 */
export function stepCheck(step: unknown): (value: number) => boolean {
  const text = numberText(step) as string;
  const { digits, exponent } = parseDecimal(text) as Decimal;
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

/** Up to here, a product that should be whole is off by less than a half. */
const surelyWhole = 2 ** 50;
