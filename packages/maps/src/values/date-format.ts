/** `strftime` and `strptime`, with Python's letters. Names of days and months are English, as in Python's default locale. */
import { ExpressionError } from "../language/expression-error.ts";
import { DateTime, day, floor, microsFrom, offsetOf, offsetText, type Parts, pad, partsOf } from "./date-time.ts";

const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** 0 is Monday. */
export const weekday = (micros: bigint): number => Number((((floor(micros, day) + 3n) % 7n) + 7n) % 7n);

export function dayOfYear(micros: bigint): number {
  const { year } = partsOf(micros);
  const start = microsFrom({ year, month: 1, day: 1, hour: 0, minute: 0, second: 0, microsecond: 0 });
  return Number(floor(micros - start, day)) + 1;
}

/** ISO 8601: the year and week that the day's Thursday is in. */
export function isoWeek(micros: bigint): [year: number, week: number] {
  const thursday = micros + BigInt(3 - weekday(micros)) * day;
  return [partsOf(thursday).year, Math.floor((dayOfYear(thursday) - 1) / 7) + 1];
}

const writers: Readonly<Record<string, (value: DateTime, parts: Parts) => string>> = {
  Y: (_, { year }) => pad(year, 4),
  y: (_, { year }) => pad(year % 100),
  m: (_, { month }) => pad(month),
  d: (_, parts) => pad(parts.day),
  H: (_, { hour }) => pad(hour),
  I: (_, { hour }) => pad(hour % 12 || 12),
  M: (_, { minute }) => pad(minute),
  S: (_, { second }) => pad(second),
  f: (_, { microsecond }) => pad(microsecond, 6),
  p: (_, { hour }) => (hour < 12 ? "AM" : "PM"),
  A: ({ micros }) => days[weekday(micros)] as string,
  a: ({ micros }) => (days[weekday(micros)] as string).slice(0, 3),
  B: (_, { month }) => months[month - 1] as string,
  b: (_, { month }) => (months[month - 1] as string).slice(0, 3),
  j: ({ micros }) => pad(dayOfYear(micros), 3),
  w: ({ micros }) => String((weekday(micros) + 1) % 7),
  u: ({ micros }) => String(weekday(micros) + 1),
  V: ({ micros }) => pad(isoWeek(micros)[1]),
  G: ({ micros }) => pad(isoWeek(micros)[0], 4),
  z: ({ offset }) => (offset === undefined ? "" : offsetText(offset, "")),
  Z: ({ offset }) => (offset === undefined ? "" : offset === 0n ? "UTC" : `UTC${offsetText(offset)}`),
  F: (_, { year, month, day: date }) => `${pad(year, 4)}-${pad(month)}-${pad(date)}`,
  T: (_, { hour, minute, second }) => `${pad(hour)}:${pad(minute)}:${pad(second)}`,
  D: (_, { year, month, day: date }) => `${pad(month)}/${pad(date)}/${pad(year % 100)}`,
  R: (_, { hour, minute }) => `${pad(hour)}:${pad(minute)}`,
  "%": () => "%",
};

/** @throws ExpressionError for a letter that is not supported */
export function formatTime(value: DateTime, format: string): string {
  const parts = partsOf(value.micros);
  return format.replaceAll(/%(.|$)/gsu, (_, letter: string) => {
    const write = Object.hasOwn(writers, letter) ? writers[letter] : undefined;
    if (write === undefined) throw new ExpressionError(`%${letter} is not supported in a format of dates`);
    return write(value, parts);
  });
}

const names = (list: readonly string[]): string => list.flatMap((name) => [name, name.slice(0, 3)]).join("|");

const readers: Readonly<Record<string, string>> = {
  Y: "\\d{4}",
  y: "\\d\\d",
  m: "\\d{1,2}",
  d: "\\d{1,2}",
  H: "\\d{1,2}",
  I: "\\d{1,2}",
  M: "\\d{1,2}",
  S: "\\d{1,2}",
  f: "\\d{1,6}",
  p: "AM|PM",
  A: names(days),
  a: names(days),
  B: names(months),
  b: names(months),
  j: "\\d{1,3}",
  z: "Z|[+-]\\d\\d:?\\d\\d(?::?\\d\\d)?",
  Z: "UTC|GMT|Z|",
};

/** Texts longer than this are no dates. */
const longest = 200;

/** @throws ExpressionError */
export function parseTime(text: string, format: string): DateTime {
  if (text.length > longest || format.length > longest)
    throw new ExpressionError(`a date of more than ${longest} characters can't be read`);
  const letters: string[] = [];
  const pattern = format.replaceAll(/%(.|$)|\s+|[^%\s]/gsu, (token, letter: string | undefined) => {
    if (letter === undefined) return /^\s/.test(token) ? "\\s+" : token.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    if (letter === "%") return "%";
    const reader = Object.hasOwn(readers, letter) ? readers[letter] : undefined;
    if (reader === undefined) throw new ExpressionError(`%${letter} is not supported in a format of dates`);
    letters.push(letter);
    return `(${reader})`;
  });
  const found = new RegExp(`^${pattern}$`, "i").exec(text);
  if (found === null) throw new ExpressionError(`${JSON.stringify(text.slice(0, 40))} does not have the form ${JSON.stringify(format)}`);
  const given = Object.fromEntries(letters.map((letter, at) => [letter, found[at + 1] ?? ""]));
  const month = monthOf(given.B ?? given.b) ?? number(given.m) ?? 1;
  const parts = {
    year: yearOf(given),
    month,
    day: number(given.d) ?? 1,
    hour: hourOf(given),
    minute: number(given.M) ?? 0,
    second: number(given.S) ?? 0,
  };
  const micros = microsFrom({ ...parts, microsecond: Number((given.f ?? "").padEnd(6, "0")) });
  const passed = given.j === undefined ? 0n : BigInt(Number(given.j) - 1) * day;
  return new DateTime(micros + passed, given.z === undefined ? undefined : offsetOf(given.z.toUpperCase()));
}

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

function monthOf(name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  return months.findIndex((month) => month.toLowerCase().startsWith(name.toLowerCase().slice(0, 3))) + 1;
}

function yearOf({ Y, y }: Record<string, string>): number {
  if (Y !== undefined) return Number(Y);
  if (y === undefined) return 1900;
  return Number(y) + (Number(y) < 69 ? 2000 : 1900);
}

function hourOf({ H, I, p }: Record<string, string>): number {
  if (I === undefined) return Number(H ?? 0);
  const hour = Number(I);
  if (hour < 1 || hour > 12) throw new ExpressionError("an hour with %I is 1 to 12");
  return p?.toUpperCase() === "PM" ? (hour % 12) + 12 : p === undefined ? hour : hour % 12;
}
