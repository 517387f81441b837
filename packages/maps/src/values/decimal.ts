/**
 * Decimal numbers with Python's rules: digits and scale are kept, so that 1.50 stays 1.50. Sums and products are exact; a quotient has 28
 * digits, rounded half to even, as Python's default context has it.
 */
import { limits } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";

/** `digits` times ten to the power of `exponent`. */
export class Decimal {
  readonly digits: bigint;
  readonly exponent: number;

  constructor(digits: bigint, exponent: number) {
    this.digits = digits;
    this.exponent = exponent;
  }
}

const quotientDigits = 28;

/** A JSON number, or one of Python; undefined: it is none. @throws ExpressionError where it has too many digits */
export function parseDecimal(text: string): Decimal | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign = "", whole = "", fraction = "", power = "0"] = found;
  if (whole + fraction === "") return undefined;
  if (whole.length + fraction.length > limits.digits) throw tooLong();
  const digits = BigInt(whole + fraction);
  return new Decimal(sign === "-" ? -digits : digits, Number(power) - fraction.length);
}

export const ofInteger = (value: bigint): Decimal => new Decimal(value, 0);

/** As Python's `str`. */
export function decimalText({ digits, exponent }: Decimal): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString();
  const adjusted = exponent + text.length - 1;
  if (exponent > 0 || adjusted < -6) {
    const rest = text.slice(1);
    return `${sign}${text[0]}${rest === "" ? "" : `.${rest}`}E${adjusted < 0 ? "-" : "+"}${Math.abs(adjusted)}`;
  }
  if (exponent === 0) return sign + text;
  const padded = text.padStart(1 - exponent, "0");
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

export function compare(a: Decimal, b: Decimal): number {
  if (a.digits === 0n || b.digits === 0n || a.digits > 0n !== b.digits > 0n) return sign(a.digits) - sign(b.digits);
  const [sizeA, sizeB] = [size(a), size(b)];
  if (sizeA !== sizeB) return sizeA < sizeB === a.digits > 0n ? -1 : 1;
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const [x, y, exponent] = aligned(a, b);
  return checked(x + y, exponent);
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  const [x, y, exponent] = aligned(a, b);
  return checked(x - y, exponent);
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return checked(a.digits * b.digits, a.exponent + b.exponent);
}

/** @throws ExpressionError where the divisor is zero */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) throw new ExpressionError("division by zero");
  const wanted = a.exponent - b.exponent;
  if (a.digits === 0n) return new Decimal(0n, wanted);
  const shift = Math.max(0, quotientDigits + 1 + lengthOf(b.digits) - lengthOf(a.digits));
  const [top, bottom] = [abs(a.digits) * 10n ** BigInt(shift), abs(b.digits)];
  let quotient = top / bottom;
  let exponent = wanted - shift;
  // An odd last digit that stands for what was cut keeps halves from being rounded as if they were exact.
  if (top % bottom !== 0n && quotient % 5n === 0n) quotient += 1n;
  [quotient, exponent] = rounded(quotient, exponent);
  while (exponent < wanted && quotient % 10n === 0n) {
    quotient /= 10n;
    exponent++;
  }
  return new Decimal(a.digits < 0n !== b.digits < 0n ? -quotient : quotient, exponent);
}

/** `//` of decimals cuts towards zero, and `%` has the sign of the left side. */
export function floorDivide(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) throw new ExpressionError("division by zero");
  const [x, y] = aligned(a, b);
  return new Decimal(x / y, 0);
}

export function remainder(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) throw new ExpressionError("division by zero");
  const [x, y, exponent] = aligned(a, b);
  return new Decimal(x % y, exponent);
}

/** Without its fraction. */
export function truncate({ digits, exponent }: Decimal): bigint {
  if (exponent < -limits.digits) return 0n;
  checkSpan(exponent);
  return exponent >= 0 ? digits * 10n ** BigInt(exponent) : digits / 10n ** BigInt(-exponent);
}

/** With so many digits after the point, rounded half to even. */
export function withPlaces(value: Decimal, places: number): Decimal {
  if (value.exponent >= -places) return new Decimal(value.digits * 10n ** BigInt(value.exponent + places), -places);
  return new Decimal(roundedBy(value.digits, -places - value.exponent), -places);
}

function rounded(digits: bigint, exponent: number): [bigint, number] {
  const over = lengthOf(digits) - quotientDigits;
  if (over <= 0) return [digits, exponent];
  const kept = roundedBy(digits, over);
  return lengthOf(kept) > quotientDigits ? [kept / 10n, exponent + over + 1] : [kept, exponent + over];
}

function roundedBy(digits: bigint, places: number): bigint {
  const unit = 10n ** BigInt(places);
  const [kept, rest] = [digits / unit, abs(digits % unit) * 2n];
  const isUp = rest > unit || (rest === unit && kept % 2n !== 0n);
  return isUp ? kept + (digits < 0n ? -1n : 1n) : kept;
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, exponent: number] {
  const exponent = Math.min(a.exponent, b.exponent);
  checkSpan(a.exponent - exponent);
  checkSpan(b.exponent - exponent);
  return [a.digits * 10n ** BigInt(a.exponent - exponent), b.digits * 10n ** BigInt(b.exponent - exponent), exponent];
}

function checked(digits: bigint, exponent: number): Decimal {
  if (lengthOf(digits) > limits.digits) throw tooLong();
  return new Decimal(digits, exponent);
}

function checkSpan(places: number): void {
  if (places > limits.digits) throw tooLong();
}

const tooLong = (): ExpressionError => new ExpressionError(`a number has more than ${limits.digits} digits`);
const abs = (value: bigint): bigint => (value < 0n ? -value : value);
const sign = (value: bigint): number => (value < 0n ? -1 : value > 0n ? 1 : 0);
const lengthOf = (value: bigint): number => abs(value).toString().length;
const size = ({ digits, exponent }: Decimal): number => lengthOf(digits) + exponent;
