/** Dates and times from text by fixed positions, without Date and regular expressions, in the proleptic Gregorian calendar. Pure. */
import { Refusal } from "./refusal.ts";

const secondsPerDay = 86_400;
const monthDays = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A point in time, or a time of day, that a number of microseconds alone could not hold exactly. */
export interface Clock {
  seconds: number;
  micros: number;
}

/** A column of fewer digits would round the time. @throws Refusal seconds_too_fine */
export function checkFraction({ micros }: Clock, digits = 6): void {
  if (micros % 10 ** (6 - digits) !== 0) throw new Refusal("seconds_too_fine");
}

/** Days since 1970-01-01 of the ten characters YYYY-MM-DD at the start; NaN when they are not a date. */
export function readDay(text: string): number {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return Number.NaN;
  return daysOf(twoDigits(text, 0) * 100 + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8));
}

/** Days since 1970-01-01; NaN when there is no such date from the year 1 on. */
export function daysOf(year: number, month: number, day: number): number {
  const isDate = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  return isDate ? daysFromCivil(year, month, day) : Number.NaN;
}

/** Days since 1970-01-01 of a date, or of an instant at midnight in UTC or without zone. @throws Refusal wrong_type, invalid_date */
export function readDate(value: unknown): number {
  if (typeof value !== "string") throw new Refusal("wrong_type");
  const day = readDay(value);
  if (Number.isNaN(day) || (value.length > 10 && !isMidnight(value))) throw new Refusal("invalid_date");
  return day;
}

const scratch: Clock = { seconds: 0, micros: 0 };

/** Midnight in UTC or without zone: a date that was written as an instant. */
function isMidnight(text: string): boolean {
  if (!readInstant(text, scratch) || scratch.seconds % secondsPerDay !== 0 || scratch.micros !== 0) return false;
  return readZone(text, readClock(text, 11, scratch)) === 0;
}

/** The date of so many days since 1970-01-01. From the year 10000 on it is text that `readDay` takes for no date. */
export function dateText(day: number): string {
  return new Date(day * secondsPerDay * 1000).toISOString().slice(0, -14);
}

/**
 * Reads a time of day in UTC or without zone into `clock`; 24:00:00 is the end of the day, which is not its start.
 * @returns the index after its digits. @throws Refusal wrong_type, invalid_time, leap_second, fraction_too_fine
 */
export function readTime(value: unknown, clock: Clock): number {
  if (typeof value !== "string") throw new Refusal("wrong_type");
  let end = readClock(value, 0, clock);
  if (end < 0 && value.startsWith("24:00")) {
    end = readClock(`00${value.slice(2)}`, 0, clock);
    if (clock.seconds !== 0 || clock.micros !== 0) throw new Refusal("invalid_time");
    clock.seconds = secondsPerDay;
  }
  if (end < 0 || readZone(value, end) !== 0) throw new Refusal("invalid_time");
  return end;
}

/**
 * Reads HH:MM[:SS[.fraction]] at `from` into `clock`; a zone after it is not read.
 * @returns the index after it, -1 when it is not a time. @throws Refusal leap_second, fraction_too_fine
 */
function readClock(text: string, from: number, clock: Clock): number {
  const hour = twoDigits(text, from);
  const minute = twoDigits(text, from + 3);
  if (!(hour <= 23 && minute <= 59) || text.charCodeAt(from + 2) !== 58) return -1;
  clock.micros = 0;
  clock.seconds = hour * 3600 + minute * 60;
  if (text.charCodeAt(from + 5) !== 58) return from + 5;
  const second = twoDigits(text, from + 6);
  if (second === 60) throw new Refusal("leap_second");
  if (!(second <= 59)) return -1;
  clock.seconds += second;
  if (text.charCodeAt(from + 8) !== 46) return from + 8;
  let at = from + 9;
  let unit = 100_000;
  for (let digit = text.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - 48) {
    if (unit >= 1) clock.micros += digit * unit;
    else if (digit > 0) throw new Refusal("fraction_too_fine");
    unit = Math.floor(unit / 10);
  }
  return at === from + 9 ? -1 : at;
}

/** The zone from `from` to the end (Z, +HH:MM, +HHMM, +HH; none is UTC) in seconds east of UTC; NaN when it is not a zone. */
function readZone(text: string, from: number): number {
  const left = text.length - from;
  if (left === 0) return 0;
  const first = text.charCodeAt(from);
  if (left === 1) return first === 90 || first === 122 ? 0 : Number.NaN;
  if (first !== 43 && first !== 45) return Number.NaN;
  const hasColon = text.charCodeAt(from + 3) === 58;
  if (left !== 3 && left !== (hasColon ? 6 : 5)) return Number.NaN;
  const hour = twoDigits(text, from + 1);
  const minute = left === 3 ? 0 : twoDigits(text, from + (hasColon ? 4 : 3));
  if (!(hour <= 23 && minute <= 59)) return Number.NaN;
  return (first === 43 ? 1 : -1) * (hour * 3600 + minute * 60);
}

/** Reads YYYY-MM-DD, or that with T or a space and a time and an optional zone, as seconds since 1970 UTC. @returns false when it is not one */
export function readInstant(text: string, clock: Clock): boolean {
  const day = readDay(text);
  if (Number.isNaN(day)) return false;
  clock.seconds = 0;
  clock.micros = 0;
  if (text.length > 10) {
    const separator = text.charCodeAt(10);
    if (separator !== 84 && separator !== 32 && separator !== 116) return false;
    const end = readClock(text, 11, clock);
    if (end < 0) return false;
    const east = readZone(text, end);
    if (Number.isNaN(east)) return false;
    clock.seconds -= east;
  }
  clock.seconds += day * secondsPerDay;
  return true;
}

/** NaN when the two characters are no digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29;
  return monthDays[month] as number;
}

/**
 * For years from 1 on; with `| 0` the engine divides integers. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
 * days_from_civil.
 */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = (y / 400) | 0;
  const yearOfEra = y - era * 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
