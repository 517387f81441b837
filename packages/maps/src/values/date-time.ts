/** Dates and times with microseconds. A time without a zone counts as UTC wherever Python asks for the zone of the machine. */
import { ExpressionError } from "../language/expression-error.ts";

const second = 1_000_000n;
export const day = 86_400n * second;

/** Microseconds since 1970-01-01T00:00 on the clock that it shows. */
export class DateTime {
  readonly micros: bigint;
  /** Microseconds that the clock is ahead of UTC; undefined: it has no zone. */
  readonly offset: bigint | undefined;

  constructor(micros: bigint, offset?: bigint) {
    this.micros = inRange(micros);
    this.offset = offset;
  }
}

export class DateOnly {
  /** Days since 1970-01-01. */
  readonly days: bigint;

  constructor(days: bigint) {
    this.days = inRange(days * day) / day;
  }
}

export class Duration {
  readonly micros: bigint;

  constructor(micros: bigint) {
    if (micros >= 1_000_000_000n * day || micros <= -1_000_000_000n * day) throw new ExpressionError("the time span is too long");
    this.micros = micros;
  }
}

export class Zone {
  readonly offset: bigint;

  constructor(offset: bigint) {
    if (offset <= -day || offset >= day) throw new ExpressionError("a zone is less than 24 hours from UTC");
    this.offset = offset;
  }
}

const first = microsOf(1, 1, 1);
const last = microsOf(9999, 12, 31) + day - 1n;

function inRange(micros: bigint): bigint {
  if (micros < first || micros > last) throw new ExpressionError("the date is before year 1 or after year 9999");
  return micros;
}

export interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  microsecond: number;
}

export function partsOf(micros: bigint): Parts {
  const millis = floor(micros, 1000n);
  const date = new Date(Number(millis));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: date.getUTCMilliseconds() * 1000 + Number(micros - millis * 1000n),
  };
}

/** @throws ExpressionError where there is no such day or time */
export function microsFrom({ year, month, day: date, hour, minute, second: seconds, microsecond }: Parts): bigint {
  const isTime =
    hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && seconds >= 0 && seconds < 60 && microsecond >= 0 && microsecond < 1e6;
  if (year < 1 || year > 9999 || !isTime) throw new ExpressionError("there is no such time");
  return microsOf(year, month, date) + BigInt(((hour * 60 + minute) * 60 + seconds) * 1_000_000 + microsecond);
}

function microsOf(year: number, month: number, date: number): bigint {
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, date);
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== date) throw new ExpressionError("there is no such day");
  return BigInt(at.getTime()) * 1000n;
}

export const instantOf = ({ micros, offset = 0n }: DateTime): bigint => micros - offset;

const iso = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?$/;

/** @throws ExpressionError */
export function dateTimeOf(text: string): DateTime {
  const found = iso.exec(text.trim());
  if (found === null) throw new ExpressionError(`${JSON.stringify(text.slice(0, 40))} is not a date and time such as 2026-01-31T10:15:00`);
  const [, year, month, date, hour = "0", minute = "0", seconds = "0", fraction = "", zone] = found;
  const parts = {
    year: Number(year),
    month: Number(month),
    day: Number(date),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(seconds),
  };
  return new DateTime(
    microsFrom({ ...parts, microsecond: Number(fraction.padEnd(6, "0").slice(0, 6)) }),
    zone === undefined ? undefined : offsetOf(zone),
  );
}

/** @throws ExpressionError */
export function dateOf(text: string): DateOnly {
  if (!/^\d{4}-?\d\d-?\d\d$/.test(text)) throw new ExpressionError(`${JSON.stringify(text.slice(0, 40))} is not a date such as 2026-01-31`);
  return dateOnly(dateTimeOf(text));
}

export const dateOnly = ({ micros }: DateTime): DateOnly => new DateOnly(floor(micros, day));

/** "+02:00", "Z". */
export function offsetOf(zone: string): bigint {
  if (zone === "Z") return 0n;
  const [hours = 0, minutes = 0, seconds = 0] = (zone.slice(1).replaceAll(":", "").match(/\d\d/g) ?? []).map(Number);
  const offset = BigInt((hours * 60 + minutes) * 60 + seconds) * second;
  return new Zone(zone[0] === "-" ? -offset : offset).offset;
}

export const pad = (value: number | bigint, width = 2): string => value.toString().padStart(width, "0");

export function dateText({ days }: DateOnly): string {
  const { year, month, day: date } = partsOf(days * day);
  return `${pad(year, 4)}-${pad(month)}-${pad(date)}`;
}

/** As Python's `isoformat`. */
export function dateTimeText(value: DateTime, separator = "T"): string {
  const { hour, minute, second: seconds, microsecond } = partsOf(value.micros);
  const fraction = microsecond === 0 ? "" : `.${pad(microsecond, 6)}`;
  return `${dateText(dateOnly(value))}${separator}${pad(hour)}:${pad(minute)}:${pad(seconds)}${fraction}${value.offset === undefined ? "" : offsetText(value.offset)}`;
}

/** "+02:00". */
export function offsetText(offset: bigint, colon = ":"): string {
  const size = offset < 0n ? -offset : offset;
  const seconds = (size / second) % 60n;
  return `${offset < 0n ? "-" : "+"}${pad(size / second / 3600n)}${colon}${pad((size / second / 60n) % 60n)}${seconds === 0n ? "" : `${colon}${pad(seconds)}`}`;
}

/** As Python's `str` of a timedelta: "1 day, 2:00:00". */
export function durationText({ micros }: Duration): string {
  const days = floor(micros, day);
  const rest = micros - days * day;
  const fraction = rest % second;
  const seconds = rest / second;
  const time = `${seconds / 3600n}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}${fraction === 0n ? "" : `.${pad(fraction, 6)}`}`;
  return days === 0n ? time : `${days} ${days === 1n || days === -1n ? "day" : "days"}, ${time}`;
}

export function floor(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? value / by - 1n : value / by;
}
