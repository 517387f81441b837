/** `+`, `-`, `*` and the others, of all values that have them. */
import { spend, step } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";
import { DateOnly, DateTime, Duration, day, floor, instantOf } from "./date-time.ts";
import { Decimal, decimalText, parseDecimal, truncate, withPlaces } from "./decimal.ts";
import { calculate, floatText, negative, numericOf } from "./numbers.ts";
import { toText } from "./text.ts";
import { integerOf, isTrue, itemsOf, Tuple, typeName, type Value } from "./value.ts";

/** @throws ExpressionError */
export function operate(operator: string, a: Value, b: Value): Value {
  step();
  const [x, y] = [numericOf(a), numericOf(b)];
  if (x !== undefined && y !== undefined) {
    if (typeof a === "boolean" && typeof b === "boolean" && ["&", "|", "^"].includes(operator)) return isTrue(calculate(operator, x, y));
    return calculate(operator, x, y);
  }
  const result =
    operator === "+"
      ? sum(a, b)
      : operator === "-"
        ? difference(a, b)
        : operator === "*"
          ? product(a, b)
          : operator === "%" && typeof a === "string"
            ? formatted(a, b)
            : spanned(operator, a, b);
  if (result === undefined) throw new ExpressionError(`${operator} is not defined for ${typeName(a)} and ${typeName(b)}`);
  return result;
}

/** @throws ExpressionError */
export function operateOne(operator: string, value: Value): Value {
  step();
  if (operator === "not") return !isTrue(value);
  if (value instanceof Duration && operator === "-") return new Duration(-value.micros);
  const number = numericOf(value);
  if (number === undefined) throw new ExpressionError(`${operator} is not defined for ${typeName(value)}`);
  if (operator === "-") return negative(number);
  if (operator === "+") return number;
  if (typeof number !== "bigint") throw new ExpressionError(`~ is not defined for ${typeName(value)}`);
  return ~number;
}

function sum(a: Value, b: Value): Value | undefined {
  if (typeof a === "string" && typeof b === "string") {
    spend(a.length + b.length);
    return a + b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    spend(a.length + b.length);
    return [...a, ...b];
  }
  if (a instanceof Tuple && b instanceof Tuple) return new Tuple([...a.items, ...b.items]);
  if (a instanceof Duration) return b instanceof Duration ? new Duration(a.micros + b.micros) : moved(b, a.micros);
  return b instanceof Duration ? moved(a, b.micros) : undefined;
}

function difference(a: Value, b: Value): Value | undefined {
  if (a instanceof DateTime && b instanceof DateTime) {
    if ((a.offset === undefined) !== (b.offset === undefined))
      throw new ExpressionError("a time with a zone can't be subtracted from one that has none, nor the other way");
    return new Duration(instantOf(a) - instantOf(b));
  }
  if (a instanceof DateOnly && b instanceof DateOnly) return new Duration((a.days - b.days) * day);
  if (!(b instanceof Duration)) return undefined;
  return a instanceof Duration ? new Duration(a.micros - b.micros) : moved(a, -b.micros);
}

function moved(value: Value, micros: bigint): Value | undefined {
  if (value instanceof DateTime) return new DateTime(value.micros + micros, value.offset);
  return value instanceof DateOnly ? new DateOnly(value.days + floor(micros, day)) : undefined;
}

function product(a: Value, b: Value): Value | undefined {
  const [of, by] = typeof a === "bigint" || typeof a === "boolean" ? [b, a] : [a, b];
  if (of instanceof Duration && typeof by === "bigint") return new Duration(of.micros * by);
  if (typeof by !== "bigint" && typeof by !== "boolean") return undefined;
  const times = Math.max(0, integerOf(by, "the number of times"));
  if (typeof of === "string") {
    spend(of.length * times);
    return of.repeat(times);
  }
  if (!Array.isArray(of)) return undefined;
  spend(of.length * times);
  return Array.from({ length: times }, () => of).flat();
}

function spanned(operator: string, a: Value, b: Value): Value | undefined {
  if (!(a instanceof Duration)) return undefined;
  if (b instanceof Duration && b.micros !== 0n) {
    if (operator === "/") return Number(a.micros) / Number(b.micros);
    if (operator === "//") return floor(a.micros, b.micros < 0n ? -b.micros : b.micros) * (b.micros < 0n ? -1n : 1n);
  }
  if (typeof b === "bigint" && b !== 0n && operator === "//") return new Duration(floor(a.micros, b));
  if (typeof b === "bigint" && b !== 0n && operator === "/") return new Duration(calculateHalf(a.micros, b));
  return undefined;
}

const calculateHalf = (a: bigint, b: bigint): bigint => truncate(withPlaces(calculate("/", new Decimal(a, 0), b) as Decimal, 0));

/** `'%s has %d' % (a, b)`: s, d, i, f and x, with width and places. */
function formatted(form: string, value: Value): string {
  const values = value instanceof Tuple ? value.items : [value];
  let at = 0;
  const text = form.replaceAll(
    /%(?:%|(0?)(\d{0,3})(?:\.(\d{1,2}))?(.|$))/gsu,
    (token, zero = "", width = "", places = undefined, letter: string) => {
      if (token === "%%") return "%";
      const item = values[at++];
      if (item === undefined) throw new ExpressionError("the text has more places than there are values");
      const shown = letter === "s" && places === undefined ? toText(item) : numberIn(item, letter, places);
      return zero === "0" && letter !== "s" ? withZeros(shown, Number(width)) : shown.padStart(Number(width));
    },
  );
  if (at < values.length) throw new ExpressionError("there are more values than the text has places");
  spend(text.length);
  return text;
}

/** What is after the colon in an f-string: `05d`, `.2f`, `,`, `>10`; and a format of dates. */
export function formatValue(value: Value, form: string): string {
  if (form === "") return toText(value);
  if (form.includes("%") && (value instanceof DateTime || value instanceof DateOnly))
    throw new ExpressionError("a format of dates is written with strftime");
  const found = /^([<>^]?)(0?)(\d{0,3})(,?)(?:\.(\d{1,2}))?([sdfx]?)$/.exec(form);
  if (found === null) throw new ExpressionError(`the form ${JSON.stringify(form)} is not supported`);
  const [, align = "", zero = "", width = "", comma = "", places, letter = ""] = found;
  const isNumber = numericOf(value) !== undefined && letter !== "s";
  let text = isNumber && (letter !== "" || places !== undefined) ? numberIn(value, letter === "" ? "f" : letter, places) : toText(value);
  if (comma !== "") text = text.replace(/^-?\d+/, (digits) => digits.replaceAll(/\B(?=(\d{3})+$)/g, ","));
  const size = Number(width);
  if (align === "<" || (align === "" && !isNumber)) return text.padEnd(size);
  if (align === "^") return text.padStart(Math.floor((size - text.length) / 2) + text.length).padEnd(size);
  return zero === "0" ? withZeros(text, size) : text.padStart(size);
}

function withZeros(text: string, width: number): string {
  const sign = text.startsWith("-") ? "-" : "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function numberIn(value: Value, letter: string, places: string | undefined): string {
  const number = numericOf(value);
  if (number === undefined || !"dixf".includes(letter) || letter === "")
    throw new ExpressionError(`%${letter} can't show ${typeName(value)}`);
  if (letter === "f") {
    const decimal = number instanceof Decimal ? number : parseDecimal(typeof number === "bigint" ? number.toString() : exactText(number));
    if (decimal === undefined) return floatText(number as number);
    return decimalText(withPlaces(decimal, Number(places ?? 6)));
  }
  const whole = typeof number === "bigint" ? number : number instanceof Decimal ? truncate(number) : BigInt(Math.trunc(number));
  return letter === "x" ? whole.toString(16) : whole.toString();
}

/** All digits of a float: Python rounds what it holds, not what is written. */
function exactText(value: number): string {
  return Number.isFinite(value) && Math.abs(value) < 1e21 ? value.toFixed(60) : String(value);
}

/** `of[index]`. @throws ExpressionError */
export function itemOf(of: Value, index: Value): Value {
  if (of instanceof Map) {
    const found = of.get(index);
    if (found === undefined)
      throw new ExpressionError(`there is no key ${typeof index === "string" ? JSON.stringify(index.slice(0, 100)) : toText(index)}`);
    return found;
  }
  if (typeof of !== "string" && !Array.isArray(of) && !(of instanceof Tuple)) throw new ExpressionError(`${typeName(of)} has no items`);
  const items = itemsOf(of);
  const at = integerOf(index, "an index");
  const found = items[at < 0 ? items.length + at : at];
  if (found === undefined) throw new ExpressionError(`there is no item ${at}`);
  return found;
}

/** `of[from:to:by]`. @throws ExpressionError */
export function sliceOf(of: Value, from: Value, to: Value, by: Value): Value {
  if (typeof of !== "string" && !Array.isArray(of) && !(of instanceof Tuple)) throw new ExpressionError(`${typeName(of)} can't be cut`);
  const items = itemsOf(of);
  const size = items.length;
  const stride = by === null ? 1 : integerOf(by, "a step");
  if (stride === 0) throw new ExpressionError("a step must not be 0");
  const bound = (value: Value, otherwise: number): number => {
    if (value === null) return otherwise;
    const at = integerOf(value, "a bound");
    const [least, most] = stride > 0 ? [0, size] : [-1, size - 1];
    return Math.min(most, Math.max(least, at < 0 ? size + at : at));
  };
  const [start, end] = [bound(from, stride > 0 ? 0 : size - 1), bound(to, stride > 0 ? size : -1)];
  const cut: Value[] = [];
  for (let at = start; stride > 0 ? at < end : at > end; at += stride) cut.push(items[at] as Value);
  if (typeof of !== "string") spend(cut.length);
  return typeof of === "string" ? cut.join("") : Array.isArray(of) ? cut : new Tuple(cut);
}
