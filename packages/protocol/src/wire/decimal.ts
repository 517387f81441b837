/** Decimal numbers as their digits: compared and divided without a double's rounding, in time that their exponents don't raise. Pure. */

/** 0.DIGITS times ten to the power of `exponent`. `digits` has no zeros at its ends; "" is zero. */
export interface Decimal {
  isNegative: boolean;
  digits: string;
  exponent: number;
}

/** `text` must be a JSON number; zeros before it do no harm. */
export function parseDecimal(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  const whole = match?.[2] ?? "";
  const all = whole + (match?.[3] ?? "");
  const first = /[1-9]/.exec(all)?.index;
  if (first === undefined) return { isNegative: false, digits: "", exponent: 0 };
  let end = all.length;
  while (all[end - 1] === "0") end--;
  return { isNegative: match?.[1] === "-", digits: all.slice(first, end), exponent: Number(match?.[4] ?? 0) + whole.length - first };
}

/** Both JSON numbers: -1 where `a` is less, 1 where it is more, 0 where they are equal. */
export function compareDecimals(a: string, b: string): number {
  const [x, y] = [parseDecimal(a), parseDecimal(b)];
  if (signOf(x) !== signOf(y)) return signOf(x) < signOf(y) ? -1 : 1;
  if (x.exponent === y.exponent && x.digits === y.digits) return 0;
  const isMore = x.exponent === y.exponent ? x.digits > y.digits : x.exponent > y.exponent;
  return isMore === x.isNegative ? -1 : 1;
}

/** Whether a JSON number has no fraction. */
export function isWhole(text: string): boolean {
  const { digits, exponent } = parseDecimal(text);
  return digits.length <= exponent || digits === "";
}

/** Whether `value` is a whole number of steps; both are JSON numbers, and the step is more than 0. */
export function isMultipleOf(value: string, step: string): boolean {
  const [of, by] = [parseDecimal(value), parseDecimal(step)];
  if (of.digits === "") return true;
  const power = of.exponent - of.digits.length - (by.exponent - by.digits.length);
  // The last digit is no zero: the value is finer than the step.
  if (power < 0) return false;
  const divisor = BigInt(by.digits);
  return (remainder(of.digits, divisor) * powerOfTen(power, divisor)) % divisor === 0n;
}

const signOf = ({ isNegative, digits }: Decimal): number => (digits === "" ? 0 : isNegative ? -1 : 1);

/** Piece by piece: a number of millions of digits is never made whole. */
function remainder(digits: string, divisor: bigint): bigint {
  let rest = 0n;
  for (let at = 0; at < digits.length; at += 15) {
    const piece = digits.slice(at, at + 15);
    rest = (rest * 10n ** BigInt(piece.length) + BigInt(piece)) % divisor;
  }
  return rest;
}

/** Ten to `power`, by what is left when divided. */
function powerOfTen(power: number, divisor: bigint): bigint {
  let result = 1n % divisor;
  let square = 10n % divisor;
  for (let left = BigInt(Math.min(power, Number.MAX_SAFE_INTEGER)); left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % divisor;
    square = (square * square) % divisor;
  }
  return result;
}
