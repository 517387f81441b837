/** Numbers of the language: ints of any size, floats, and exact decimals. A bool counts as 0 or 1. */
import { limits } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";
import * as decimal from "./decimal.ts";
import { Decimal, ofInteger, parseDecimal } from "./decimal.ts";
import { typeName, type Value } from "./value.ts";

export type Numeric = bigint | number | Decimal;

/** undefined: it is none. */
export function numericOf(value: Value): Numeric | undefined {
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "bigint" || typeof value === "number" || value instanceof Decimal ? value : undefined;
}

/** A number in an expression: an int, or a float. @throws ExpressionError */
export function decimalLiteral(text: string, at: number): bigint | number {
  const plain = text.replaceAll("_", "");
  if (/^0[xXoObB]/.test(plain) || /^\d+$/.test(plain)) {
    if (plain.length > limits.digits) throw new ExpressionError(`this number has more than ${limits.digits} digits`, at);
    if (/^0+[1-9]/.test(plain)) throw new ExpressionError("a whole number must not begin with 0", at);
    return BigInt(plain);
  }
  return Number(plain);
}

/** As Python's `repr` of a float: "1e+16", "0.1", "2.0". */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) {
    const text = value.toString();
    if (!text.includes("e")) return text.includes(".") ? text : `${text}.0`;
  }
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent).toString().padStart(2, "0")}`;
}

/** A float beside a decimal counts as the decimal that is written. @throws ExpressionError for NaN and infinities */
function decimalOf(value: Numeric): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === "bigint") return ofInteger(value);
  const found = Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
  if (found === undefined) throw new ExpressionError(`${floatText(value)} can't be used with a decimal`);
  return found;
}

/** The nearest float. @throws ExpressionError where it is too large */
export function floatOf(value: Numeric): number {
  const float = value instanceof Decimal ? Number(decimal.decimalText(value)) : Number(value);
  if (!Number.isFinite(float) && typeof value !== "number") throw new ExpressionError("the number is too large for a float");
  return float;
}

export function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === "number" && Number.isNaN(a)) return Number.NaN;
  if (typeof b === "number" && Number.isNaN(b)) return Number.NaN;
  const isDecimal = a instanceof Decimal || b instanceof Decimal;
  const areFinite = [a, b].every((each) => typeof each !== "number" || Number.isFinite(each));
  if (isDecimal && areFinite) return decimal.compare(decimalOf(a), decimalOf(b));
  const [x, y] = isDecimal ? [floatOf(a), floatOf(b)] : [a as bigint | number, b as bigint | number];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** `a operator b` of two numbers. @throws ExpressionError */
export function calculate(operator: string, a: Numeric, b: Numeric): Numeric {
  if (a instanceof Decimal || b instanceof Decimal) return ofDecimals(operator, a, b);
  if (typeof a === "bigint" && typeof b === "bigint") return ofIntegers(operator, a, b);
  return ofFloats(operator, floatOf(a), floatOf(b));
}

function ofIntegers(operator: string, a: bigint, b: bigint): Numeric {
  switch (operator) {
    case "+":
      return checked(a + b);
    case "-":
      return checked(a - b);
    case "*":
      return checked(a * b);
    case "/":
      return quotient(a, b);
    case "//":
    case "%": {
      if (b === 0n) throw new ExpressionError("division by zero");
      const rest = a % b;
      const isBelow = rest !== 0n && rest < 0n !== b < 0n;
      if (operator === "%") return isBelow ? rest + b : rest;
      return isBelow ? a / b - 1n : a / b;
    }
    case "**":
      return b < 0n ? ofFloats("**", Number(a), Number(b)) : power(a, b);
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
    case ">>":
      if (b < 0n || b > 10_000n) throw new ExpressionError("it can be shifted by 0 to 10000 places");
      return operator === ">>" ? a >> b : checked(a << b);
  }
  throw unsupported(operator, a, b);
}

function quotient(a: bigint, b: bigint): number {
  if (b === 0n) throw new ExpressionError("division by zero");
  const [x, y] = [Number(a), Number(b)];
  if (Number.isSafeInteger(x) && Number.isSafeInteger(y)) return x / y;
  return floatOf(decimal.divide(ofInteger(a), ofInteger(b)));
}

function power(a: bigint, b: bigint): bigint {
  const digits = (a < 0n ? -a : a).toString().length;
  if (a !== 0n && a !== 1n && a !== -1n && BigInt(digits) * b > BigInt(limits.digits)) throw tooLong();
  if (a === 0n || a === 1n) return b === 0n ? 1n : a;
  if (a === -1n) return b % 2n === 0n ? 1n : -1n;
  return a ** b;
}

function ofFloats(operator: string, a: number, b: number): number {
  if (b === 0 && ["/", "//", "%"].includes(operator)) throw new ExpressionError("division by zero");
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "//":
      return Math.floor((a - floatRemainder(a, b)) / b + 0.5);
    case "%":
      return floatRemainder(a, b);
    case "**": {
      if (a === 0 && b < 0) throw new ExpressionError("0 has no negative power");
      const result = a ** b;
      if (Number.isNaN(result) && !Number.isNaN(a) && !Number.isNaN(b))
        throw new ExpressionError("a root of a negative number is not supported");
      if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b))
        throw new ExpressionError("the number is too large for a float");
      return result;
    }
  }
  throw unsupported(operator, a, b);
}

function floatRemainder(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

function ofDecimals(operator: string, a: Numeric, b: Numeric): Decimal {
  const [x, y] = [decimalOf(a), decimalOf(b)];
  switch (operator) {
    case "+":
      return decimal.add(x, y);
    case "-":
      return decimal.subtract(x, y);
    case "*":
      return decimal.multiply(x, y);
    case "/":
      return decimal.divide(x, y);
    case "//":
      return decimal.floorDivide(x, y);
    case "%":
      return decimal.remainder(x, y);
    case "**":
      return decimalPower(x, b);
  }
  throw unsupported(operator, a, b);
}

function decimalPower(base: Decimal, exponent: Numeric): Decimal {
  if (typeof exponent !== "bigint" || exponent > 1000n || exponent < -1000n)
    throw new ExpressionError("a decimal can be raised to whole numbers from -1000 to 1000");
  let result = ofInteger(1n);
  for (let left = exponent < 0n ? -exponent : exponent; left > 0n; left--) result = decimal.multiply(result, base);
  return exponent < 0n ? decimal.divide(ofInteger(1n), result) : result;
}

export function negative(value: Numeric): Numeric {
  return value instanceof Decimal ? new Decimal(-value.digits, value.exponent) : -value;
}

const tooLong = (): ExpressionError => new ExpressionError(`a number has more than ${limits.digits} digits`);

const bound = 10n ** BigInt(limits.digits);

function checked(value: bigint): bigint {
  if (value >= bound || value <= -bound) throw tooLong();
  return value;
}

const unsupported = (operator: string, a: Value, b: Value): ExpressionError =>
  new ExpressionError(`${operator} is not defined for ${typeName(a)} and ${typeName(b)}`);
