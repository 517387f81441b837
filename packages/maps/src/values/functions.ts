/** The functions and modules that expressions can call by name. */
import { hash } from "node:crypto";
import { spend } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";
import { parseTime } from "./date-format.ts";
import { DateOnly, DateTime, Duration, dateOf, dateOnly, dateTimeOf, floor, microsFrom, Zone } from "./date-time.ts";
import { Decimal, parseDecimal, truncate } from "./decimal.ts";
import { parseJson } from "./json-parse.ts";
import { floatOf, type Numeric, numericOf } from "./numbers.ts";
import { type JsonForm, toJson, toText } from "./text.ts";
import { type Arguments, Callable, type Dict, integerOf, isTrue, itemsOf, Tuple, textOf, typeName, type Value } from "./value.ts";

/** With one argument, which may be left out where `otherwise` is given. */
const one = (name: string, call: (value: Value) => Value, otherwise?: Value): [string, Callable] => [
  name,
  new Callable(name, ({ args, named }) => {
    const value = args.length === 0 ? otherwise : args[0];
    if (value === undefined || args.length > 1 || named.size > 0) throw new ExpressionError(`${name} takes one argument`);
    return call(value);
  }),
];

const digest =
  (algorithm: string) =>
  (value: Value): string =>
    hash(algorithm, textOf(value, `what ${algorithm} hashes`));

export const functions: ReadonlyMap<string, Callable> = new Map([
  ["int", new Callable("int", toInteger)],
  one("float", toFloat, 0n),
  one("str", toText, ""),
  one("bool", isTrue, false),
  one("md5", digest("md5")),
  one("sha256", digest("sha256")),
  one("list", (value) => spent([...itemsOf(value)]), []),
  one("tuple", (value) => new Tuple(spent([...itemsOf(value)])), []),
  ["dict", new Callable("dict", ({ args: [from], named }) => new Map([...entriesOf(from ?? null), ...named]))],
]);

function spent(items: Value[]): Value[] {
  spend(items.length);
  return items;
}

function entriesOf(value: Value): Dict {
  if (value === null) return new Map();
  if (value instanceof Map) return value;
  return new Map(
    itemsOf(value).map((item): [Value, Value] => {
      const [key, entry, ...more] = itemsOf(item);
      if (key === undefined || entry === undefined || more.length > 0) throw new ExpressionError("dict needs pairs of a key and a value");
      return [key, entry];
    }),
  );
}

function toInteger({ args: [value = 0n, base] }: Arguments): bigint {
  if (base !== undefined) return inBase(textOf(value, "a number with a base"), integerOf(base, "the base"));
  const number = numericOf(value);
  if (typeof number === "bigint") return number;
  if (number instanceof Decimal) return truncate(number);
  if (typeof number === "number") {
    if (!Number.isFinite(number)) throw new ExpressionError("a number that is not finite has no whole part");
    return BigInt(Math.trunc(number));
  }
  if (typeof value !== "string") throw new ExpressionError(`int can't convert ${typeName(value)}`);
  return inBase(value, 10);
}

function inBase(text: string, base: number): bigint {
  const prefixes: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 10: "", 16: "0x" };
  const prefix = prefixes[base];
  if (prefix === undefined) throw new ExpressionError("the base of int must be 2, 8, 10 or 16");
  const found = /^\s*([+-]?)(?:0[xobXOB])?([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)\s*$/.exec(text);
  const digits = found?.[2]?.replaceAll("_", "") ?? "";
  try {
    if (digits === "" || digits.length > 4300 || (base === 10 && !/^\s*[+-]?[\d_]+\s*$/.test(text))) throw new SyntaxError();
    return BigInt(prefix + digits) * (found?.[1] === "-" ? -1n : 1n);
  } catch {
    throw new ExpressionError(`${JSON.stringify(text.slice(0, 40))} is not a whole number`);
  }
}

function toFloat(value: Value): number {
  const number = numericOf(value);
  if (number !== undefined) return floatOf(number);
  if (typeof value !== "string") throw new ExpressionError(`float can't convert ${typeName(value)}`);
  const text = value.trim().replaceAll(/(?<=\d)_(?=\d)/g, "");
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null)
    return special[2]?.toLowerCase() === "nan" ? Number.NaN : special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text))
    throw new ExpressionError(`${JSON.stringify(value.slice(0, 40))} is not a number`);
  return Number(text);
}

/** Microseconds; a timedelta may have fractions of each unit. */
function micros(value: Value | undefined, unit: bigint): bigint {
  const number = value === undefined ? 0n : numericOf(value);
  if (number === undefined) throw new ExpressionError(`a part of a timedelta must be a number, but is ${typeName(value as Value)}`);
  if (typeof number === "bigint") return number * unit;
  const decimal = number instanceof Decimal ? number : parseDecimal(String(number));
  if (decimal === undefined) throw new ExpressionError("a part of a timedelta must be finite");
  return (
    truncate(
      new Decimal(
        decimal.digits * unit * 2n + (decimal.digits < 0n ? -1n : 1n) * 10n ** BigInt(Math.max(0, -decimal.exponent)),
        decimal.exponent,
      ),
    ) / 2n
  );
}

const second = 1_000_000n;
const units: readonly [name: string, micros: bigint][] = [
  ["days", 86_400n * second],
  ["seconds", second],
  ["microseconds", 1n],
  ["milliseconds", 1000n],
  ["minutes", 60n * second],
  ["hours", 3600n * second],
  ["weeks", 604_800n * second],
];

const fields = (names: readonly string[], { args, named }: Arguments, least: number): number[] =>
  names.map((name, at) => {
    const value = args[at] ?? named.get(name);
    if (value === undefined && at < least) throw new ExpressionError(`${name} is missing`);
    return value === undefined ? 0 : integerOf(value, name);
  });

function zoneOf(value: Value | undefined): bigint | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Zone) return value.offset;
  throw new ExpressionError(`a zone must be a datetime.timezone, but is ${typeName(value)}`);
}

function newTime(given: Arguments): DateTime {
  const names = ["year", "month", "day", "hour", "minute", "second", "microsecond"];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, microsecond = 0] = fields(names, given, 3);
  return new DateTime(
    microsFrom({ year, month, day, hour, minute, second, microsecond }),
    zoneOf(given.args[7] ?? given.named.get("tzinfo")),
  );
}

/** With a zone the clock there, without one that of UTC. */
function clock(instant: bigint, zone: Value | undefined): DateTime {
  const offset = zoneOf(zone);
  return new DateTime(instant + (offset ?? 0n), offset);
}

function instantOfSeconds(value: Value | undefined): bigint {
  const number: Numeric | undefined = value === undefined ? undefined : numericOf(value);
  if (number === undefined) throw new ExpressionError("a timestamp must be a number of seconds");
  if (typeof number === "number" && !(Math.abs(number) < 1e12)) throw new ExpressionError("the timestamp is out of range");
  if (typeof number === "number") return floor(BigInt(Math.round(number * 1e6)), 1n);
  return micros(number, second);
}

const now = (): bigint => BigInt(Date.now()) * 1000n;
const member = (name: string, call: (given: Arguments) => Value): [string, Callable] => [name, new Callable(name, call)];

const dateTime = new Callable(
  "datetime.datetime",
  newTime,
  Object.fromEntries([
    member("fromisoformat", ({ args: [text] }) => dateTimeOf(textOf(text, "what fromisoformat reads"))),
    member("strptime", ({ args: [text, format] }) => parseTime(textOf(text, "what strptime reads"), textOf(format, "the format"))),
    member("fromtimestamp", ({ args: [seconds, zone], named }) => clock(instantOfSeconds(seconds), zone ?? named.get("tz"))),
    member("utcfromtimestamp", ({ args: [seconds] }) => clock(instantOfSeconds(seconds), undefined)),
    member("now", ({ args: [zone], named }) => clock(now(), zone ?? named.get("tz"))),
    member("utcnow", () => clock(now(), undefined)),
    member("today", () => clock(now(), undefined)),
    member("combine", ({ args: [date] }) => {
      if (date instanceof DateOnly) return new DateTime(date.days * 86_400n * second);
      throw new ExpressionError("combine needs a date");
    }),
  ]),
);

const date = new Callable(
  "datetime.date",
  (given) => {
    const [year = 0, month = 0, day = 0] = fields(["year", "month", "day"], given, 3);
    return dateOnly(new DateTime(microsFrom({ year, month, day, hour: 0, minute: 0, second: 0, microsecond: 0 })));
  },
  Object.fromEntries([
    member("fromisoformat", ({ args: [text] }) => dateOf(textOf(text, "what fromisoformat reads"))),
    member("today", () => dateOnly(clock(now(), undefined))),
    member("fromtimestamp", ({ args: [seconds] }) => dateOnly(clock(instantOfSeconds(seconds), undefined))),
  ]),
);

const duration = new Callable("datetime.timedelta", ({ args, named }) => {
  const unknown = [...named.keys()].find((name) => !units.some(([unit]) => unit === name));
  if (unknown !== undefined) throw new ExpressionError(`timedelta has no ${unknown}`);
  return new Duration(units.reduce((sum, [name, unit], at) => sum + micros(args[at] ?? named.get(name), unit), 0n));
});

const zone = new Callable(
  "datetime.timezone",
  ({ args: [offset] }) => {
    if (offset instanceof Duration) return new Zone(offset.micros);
    throw new ExpressionError("timezone needs a timedelta");
  },
  { utc: new Zone(0n) },
);

function jsonForm({ args, named }: Arguments): JsonForm {
  const unknown =
    args.length > 1
      ? "a second argument"
      : [...named.keys()].find((name) => !["default", "indent", "separators", "sort_keys", "ensure_ascii"].includes(name));
  if (unknown !== undefined) throw new ExpressionError(`json.dumps has no ${unknown}`);
  const [other, indent, separators] = [named.get("default"), named.get("indent"), named.get("separators")];
  const [item, key] = separators === undefined ? [indent === undefined ? ", " : ",", ": "] : itemsOf(separators);
  return {
    other:
      other instanceof Callable && other.call !== undefined
        ? (value) => (other.call as (given: Arguments) => Value)({ args: [value], named: new Map() })
        : undefined,
    indent:
      indent === undefined || indent === null
        ? undefined
        : typeof indent === "string"
          ? indent
          : " ".repeat(Math.min(100, Math.max(0, integerOf(indent, "indent")))),
    separators: [textOf(item, "a separator"), textOf(key, "a separator")],
    ascii: isTrue(named.get("ensure_ascii") ?? true),
    sorted: isTrue(named.get("sort_keys") ?? false),
  };
}

export const modules: ReadonlyMap<string, Callable> = new Map([
  ["datetime", new Callable("datetime", undefined, { datetime: dateTime, date, timedelta: duration, timezone: zone, UTC: new Zone(0n) })],
  [
    "json",
    new Callable(
      "json",
      undefined,
      Object.fromEntries([
        member("dumps", (given) => {
          const [value] = given.args;
          if (value === undefined) throw new ExpressionError("json.dumps needs a value");
          return toJson(value, jsonForm(given));
        }),
        member("loads", ({ args: [text] }) => {
          const source = textOf(text, "what json.loads reads");
          spend(source.length);
          return parseJson(source.trim());
        }),
      ]),
    ),
  ],
]);
