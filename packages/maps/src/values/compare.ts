/** `==`, `<` and `in`, as Python has them. */

import { step } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";
import { DateOnly, DateTime, Duration, instantOf } from "./date-time.ts";
import { compareNumbers, numericOf } from "./numbers.ts";
import { itemsOf, Tuple, typeName, type Value } from "./value.ts";

export function areEqual(a: Value, b: Value): boolean {
  step();
  if (a === b) return true;
  const [x, y] = [numericOf(a), numericOf(b)];
  if (x !== undefined && y !== undefined) return compareNumbers(x, y) === 0;
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && areEqual(value, b.get(key) as Value));
  if (Array.isArray(a) && Array.isArray(b)) return areSame(a, b);
  if (a instanceof Tuple && b instanceof Tuple) return areSame(a.items, b.items);
  if (a instanceof DateTime && b instanceof DateTime)
    return (a.offset === undefined) === (b.offset === undefined) && instantOf(a) === instantOf(b);
  if (a instanceof DateOnly && b instanceof DateOnly) return a.days === b.days;
  if (a instanceof Duration && b instanceof Duration) return a.micros === b.micros;
  return false;
}

const areSame = (a: readonly Value[], b: readonly Value[]): boolean =>
  a.length === b.length && a.every((item, at) => areEqual(item, b[at] as Value));

/** `a operator b`. @throws ExpressionError for values that have no order */
export function compareValues(operator: string, a: Value, b: Value): boolean {
  switch (operator) {
    case "==":
      return areEqual(a, b);
    case "!=":
      return !areEqual(a, b);
    case "is":
      return isSame(a, b);
    case "is not":
      return !isSame(a, b);
    case "in":
      return isIn(a, b);
    case "not in":
      return !isIn(a, b);
  }
  const order = orderOf(a, b, operator);
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

/** `is` is for None, True and False. Other values have no identity here, and are compared. */
function isSame(a: Value, b: Value): boolean {
  const isConstant = (value: Value): boolean => value === null || typeof value === "boolean";
  return isConstant(a) || isConstant(b) ? a === b : typeName(a) === typeName(b) && areEqual(a, b);
}

function isIn(item: Value, container: Value): boolean {
  if (typeof container === "string") {
    if (typeof item !== "string") throw new ExpressionError(`only a text can be in a text, not ${typeName(item)}`);
    return container.includes(item);
  }
  if (container instanceof Map && (typeof item === "string" || typeof item === "bigint")) return container.has(item);
  return itemsOf(container).some((each) => areEqual(each, item));
}

/** NaN, where either is not a number, is neither less nor more. */
function orderOf(a: Value, b: Value, operator: string): number {
  const [x, y] = [numericOf(a), numericOf(b)];
  if (x !== undefined && y !== undefined) return compareNumbers(x, y);
  if (typeof a === "string" && typeof b === "string") return compareTexts(a, b);
  if (a instanceof DateTime && b instanceof DateTime) {
    if ((a.offset === undefined) !== (b.offset === undefined))
      throw new ExpressionError("a time with a zone can't be compared with one that has none");
    return signOf(instantOf(a) - instantOf(b));
  }
  if (a instanceof DateOnly && b instanceof DateOnly) return signOf(a.days - b.days);
  if (a instanceof Duration && b instanceof Duration) return signOf(a.micros - b.micros);
  if ((Array.isArray(a) && Array.isArray(b)) || (a instanceof Tuple && b instanceof Tuple))
    return orderOfItems(itemsOf(a), itemsOf(b), operator);
  throw new ExpressionError(`${operator} is not defined for ${typeName(a)} and ${typeName(b)}`);
}

function orderOfItems(a: readonly Value[], b: readonly Value[], operator: string): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [x, y] = [a[at] as Value, b[at] as Value];
    if (!areEqual(x, y)) return orderOf(x, y, operator);
  }
  return a.length - b.length;
}

/** By code points, where JavaScript compares UTF-16 units. */
function compareTexts(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    if (a.charCodeAt(at) === b.charCodeAt(at)) continue;
    return (a.codePointAt(at) as number) - (b.codePointAt(at) as number);
  }
  return a.length - b.length;
}

const signOf = (value: bigint): number => (value < 0n ? -1 : value > 0n ? 1 : 0);
