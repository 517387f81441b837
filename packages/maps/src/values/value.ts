/**
 * The values of the language: those of Python that JSON can hold, and dates. An int is a bigint, a float is a number, a dict is a Map.
 */
import { ExpressionError } from "../language/expression-error.ts";
import { DateOnly, DateTime, Duration, Zone } from "./date-time.ts";
import { Decimal } from "./decimal.ts";

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Decimal
  | DateOnly
  | DateTime
  | Duration
  | Zone
  | Value[]
  | Tuple
  | Dict
  | Callable;

export type Dict = Map<Value, Value>;

export class Tuple {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

export type Arguments = { args: readonly Value[]; named: ReadonlyMap<string, Value> };

/** A function, a class such as `datetime.date`, or a module such as `json`, which has only members. */
export class Callable {
  readonly name: string;
  readonly call: ((given: Arguments) => Value) | undefined;
  readonly members: Readonly<Record<string, Value>>;

  constructor(name: string, call?: (given: Arguments) => Value, members: Readonly<Record<string, Value>> = {}) {
    this.name = name;
    this.call = call;
    this.members = members;
  }
}

/** What Python calls the type of a value. */
export function typeName(value: Value): string {
  if (value === null) return "None";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "string":
      return "str";
  }
  if (Array.isArray(value)) return "list";
  if (value instanceof Map) return "dict";
  const known: [new (...args: never[]) => unknown, string][] = [
    [Decimal, "decimal"],
    [Tuple, "tuple"],
    [DateTime, "datetime"],
    [DateOnly, "date"],
    [Duration, "timedelta"],
    [Zone, "timezone"],
  ];
  return known.find(([kind]) => value instanceof kind)?.[1] ?? "function";
}

export function isTrue(value: Value): boolean {
  if (value === null || value === false || value === "" || value === 0n || value === 0) return false;
  if (value instanceof Decimal) return value.digits !== 0n;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value instanceof Duration) return value.micros !== 0n;
  return true;
}

/** The items that `for` and `in` go through. @throws ExpressionError */
export function itemsOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple) return value.items;
  if (value instanceof Map) return [...value.keys()];
  if (typeof value === "string") return [...value];
  throw new ExpressionError(`${typeName(value)} has no items`);
}

/** The text that an argument must be. @throws ExpressionError */
export function textOf(value: Value | undefined, what: string): string {
  if (typeof value === "string") return value;
  throw new ExpressionError(`${what} must be a text, but is ${value === undefined ? "missing" : typeName(value)}`);
}

/** The whole number that an argument must be. @throws ExpressionError */
export function integerOf(value: Value | undefined, what: string): number {
  const number = typeof value === "boolean" ? Number(value) : typeof value === "bigint" ? Number(value) : undefined;
  if (number !== undefined) return number;
  throw new ExpressionError(`${what} must be a whole number, but is ${value === undefined ? "missing" : typeName(value)}`);
}
