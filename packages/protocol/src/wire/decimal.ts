/** Decimal numbers by their digits: compared and divided without the rounding of doubles, in time that does not grow with the exponent. Pure. */

/** 0.DIGITS times ten to the power of `exponent`. `digits` has no zeros at its ends; "" is zero. */
export interface Decimal {
  isNegative: boolean;
  digits: string;
  exponent: number;
}

/** Digits with an optional sign, point and exponent, as JSON numbers and Python's Decimal have them; null for any other text. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const all = whole + fraction;
  const first = /[1-9]/.exec(all)?.index;
  if (first === undefined) return zero;
  let end = all.length;
  while (all[end - 1] === "0") end--;
  return { isNegative: sign === "-", digits: all.slice(first, end), exponent: Number(power) + whole.length - first };
}

const zero: Decimal = { isNegative: false, digits: "", exponent: 0 };

/** Text that is known to be a JSON number. */
const decimalOf = (text: string): Decimal => parseDecimal(text) ?? zero;

/** -1 where `a` is less than `b`, 1 where it is more, 0 where they are equal. Both are JSON numbers. */
export function compareDecimals(a: string, b: string): number {
  const [x, y] = [decimalOf(a), decimalOf(b)];
  if (signOf(x) !== signOf(y)) return signOf(x) < signOf(y) ? -1 : 1;
  if (x.exponent === y.exponent && x.digits === y.digits) return 0;
  const isMore = x.exponent === y.exponent ? x.digits > y.digits : x.exponent > y.exponent;
  return isMore === x.isNegative ? -1 : 1;
}

/** Whether a JSON number has no fraction. */
export function isWhole(text: string): boolean {
  const { digits, exponent } = decimalOf(text);
  return digits.length <= exponent || digits === "";
}

/** Whether `value` is a whole number of steps. Both are JSON numbers, and the step is more than 0. */
export function isMultipleOf(value: string, step: string): boolean {
  const [of, by] = [decimalOf(value), decimalOf(step)];
  if (of.digits === "") return true;
  const power = of.exponent - of.digits.length - (by.exponent - by.digits.length);
  // Its last digit is not zero, so the value is finer than the step.
  if (power < 0) return false;
  const divisor = BigInt(by.digits);
  return (remainder(of.digits, divisor) * powerOfTen(power, divisor)) % divisor === 0n;
}

const signOf = ({ isNegative, digits }: Decimal): number => (digits === "" ? 0 : isNegative ? -1 : 1);

/** Works on pieces, so that a number of millions of digits never becomes one bigint. */
function remainder(digits: string, divisor: bigint): bigint {
  let rest = 0n;
  for (let at = 0; at < digits.length; at += 15) {
    const piece = digits.slice(at, at + 15);
    rest = (rest * 10n ** BigInt(piece.length) + BigInt(piece)) % divisor;
  }
  return rest;
}

/** 10 to the power of `power`, modulo the divisor. */
function powerOfTen(power: number, divisor: bigint): bigint {
  let result = 1n % divisor;
  let square = 10n % divisor;
  for (let left = BigInt(Math.min(power, Number.MAX_SAFE_INTEGER)); left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % divisor;
    square = (square * square) % divisor;
  }
  return result;
}
