/** Methods and attributes of all values. */

import { spend } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";
import { areEqual } from "./compare.ts";
import { formatTime, isoWeek, weekday } from "./date-format.ts";
import {
  DateOnly,
  DateTime,
  Duration,
  dateOnly,
  dateText,
  dateTimeText,
  day,
  instantOf,
  microsFrom,
  type Parts,
  partsOf,
  Zone,
} from "./date-time.ts";
import { Decimal, truncate } from "./decimal.ts";
import { textMethods } from "./text-methods.ts";
import { type Arguments, Callable, type Dict, integerOf, Tuple, textOf, typeName, type Value } from "./value.ts";

/** `of.name(…)`. undefined: there is no such method. @throws ExpressionError */
export function callMethod(of: Value, name: string, given: Arguments): Value | undefined {
  const { args, named } = given;
  const methodOf = <M>(table: Readonly<Record<string, M>>): M | undefined => (Object.hasOwn(table, name) ? table[name] : undefined);
  if (typeof of === "string") return methodOf(textMethods)?.(of, args, named);
  if (Array.isArray(of)) return methodOf(listMethods)?.(of, args);
  if (of instanceof Tuple) return methodOf(listMethods)?.(of.items, args);
  if (of instanceof Map) return methodOf(dictMethods)?.(of, args);
  if (of instanceof DateTime) return methodOf(timeMethods)?.(of, args, named);
  if (of instanceof DateOnly) return methodOf(dateMethods)?.(of, args, named);
  if (of instanceof Duration && name === "total_seconds") return Number(of.micros) / 1e6;
  if (typeof of === "number" && name === "is_integer") return Number.isInteger(of);
  if (typeof of === "bigint" && name === "bit_length") return BigInt(of === 0n ? 0 : (of < 0n ? -of : of).toString(2).length);
  if (of instanceof Decimal && name === "to_integral_value") return new Decimal(truncate(of), 0);
  if (of instanceof Callable) {
    const member = methodOf(of.members);
    if (member instanceof Callable && member.call !== undefined) return member.call(given);
  }
  return undefined;
}

/** `of.name`. A dict has its keys as attributes, where it has no method of that name. @throws ExpressionError */
export function attributeOf(of: Value, name: string): Value {
  if (of instanceof Map && of.has(name)) return of.get(name) as Value;
  if (of instanceof Callable && Object.hasOwn(of.members, name)) return of.members[name] as Value;
  if (of instanceof DateTime || of instanceof DateOnly) {
    const parts = partsOf(of instanceof DateTime ? of.micros : of.days * day);
    const isThere = of instanceof DateTime ? Object.hasOwn(parts, name) : ["year", "month", "day"].includes(name);
    if (isThere) return BigInt(parts[name as keyof Parts]);
  }
  if (of instanceof Duration) {
    const days = (of.micros - (((of.micros % day) + day) % day)) / day;
    const rest = of.micros - days * day;
    const fields: Readonly<Record<string, bigint>> = { days, seconds: rest / 1_000_000n, microseconds: rest % 1_000_000n };
    if (Object.hasOwn(fields, name)) return fields[name] as bigint;
  }
  throw new ExpressionError(`${typeName(of)} has no ${name}`);
}

/** The names of all methods, by the kind of value. */
export function methodNames(): Record<string, readonly string[]> {
  return {
    text: Object.keys(textMethods),
    "list, tuple": Object.keys(listMethods),
    dict: Object.keys(dictMethods),
    "datetime.datetime": Object.keys(timeMethods),
    "datetime.date": Object.keys(dateMethods),
    "datetime.timedelta": ["total_seconds"],
  };
}

const listMethods: Readonly<Record<string, (items: readonly Value[], args: readonly Value[]) => Value>> = {
  index(items, [wanted = null]) {
    const at = items.findIndex((item) => areEqual(item, wanted));
    if (at < 0) throw new ExpressionError("the list has no such item");
    return BigInt(at);
  },
  count: (items, [wanted = null]) => BigInt(items.filter((item) => areEqual(item, wanted)).length),
  copy: (items) => [...items],
};

const dictMethods: Readonly<Record<string, (dict: Dict, args: readonly Value[]) => Value>> = {
  get: (dict, [key = null, other = null]) => dict.get(key) ?? (dict.has(key) ? null : other),
  keys: (dict) => listed([...dict.keys()]),
  values: (dict) => listed([...dict.values()]),
  items: (dict) => listed([...dict].map((entry) => new Tuple(entry))),
  copy: (dict) => new Map(dict),
};

function listed(items: Value[]): Value[] {
  spend(items.length);
  return items;
}

type OfTime<T> = (value: T, args: readonly Value[], named: Arguments["named"]) => Value;

const timeMethods: Readonly<Record<string, OfTime<DateTime>>> = {
  isoformat: (value, args, named) => dateTimeText(value, textOf(args[0] ?? named.get("sep") ?? "T", "the separator")),
  strftime: (value, [format]) => formatTime(value, textOf(format, "the format")),
  date: (value) => dateOnly(value),
  timestamp: (value) => Number(instantOf(value)) / 1e6,
  weekday: ({ micros }) => BigInt(weekday(micros)),
  isoweekday: ({ micros }) => BigInt(weekday(micros) + 1),
  astimezone(value, [zone]) {
    const offset = zone instanceof Zone ? zone.offset : 0n;
    return new DateTime(instantOf(value) + offset, offset);
  },
  utcoffset: ({ offset }) => (offset === undefined ? null : new Duration(offset)),
  replace(value, args, named) {
    const zone = named.get("tzinfo");
    const offset = zone === undefined ? value.offset : zone instanceof Zone ? zone.offset : undefined;
    return new DateTime(microsFrom(replaced(partsOf(value.micros), args, named)), offset);
  },
};

const dateMethods: Readonly<Record<string, OfTime<DateOnly>>> = {
  isoformat: (value) => dateText(value),
  strftime: (value, [format]) => formatTime(new DateTime(value.days * day), textOf(format, "the format")),
  weekday: ({ days }) => BigInt(weekday(days * day)),
  isoweekday: ({ days }) => BigInt(weekday(days * day) + 1),
  isocalendar({ days }) {
    const [year, week] = isoWeek(days * day);
    return new Tuple([BigInt(year), BigInt(week), BigInt(weekday(days * day) + 1)]);
  },
  toordinal: ({ days }) => days + 719_163n,
  replace: (value, args, named) => dateOnly(new DateTime(microsFrom(replaced(partsOf(value.days * day), args, named)))),
};

function replaced(parts: Parts, args: readonly Value[], named: Arguments["named"]): Parts {
  const names = ["year", "month", "day", "hour", "minute", "second", "microsecond"] as const;
  const given = names.flatMap((name, at) => {
    const value = args[at] ?? named.get(name);
    return value === undefined ? [] : [[name, integerOf(value, name)]];
  });
  return { ...parts, ...Object.fromEntries(given) };
}
