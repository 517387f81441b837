/** Recognizes types from the bytes of a cell, without making a string. Inference and encoding both use these definitions. */

const [minus, dot, zero, nine] = [0x2d, 0x2e, 0x30, 0x39];

/** The most digits of an exact decimal that all our databases support. */
export const maxDecimalDigits = 38;

/**
 * For `-?digits[.digits]` without leading zeros: (digits before the point) * 65536 + (digits after it, without trailing zeros).
 * -1 for anything else.
 */
export function decimalShape(bytes: Uint8Array, start: number, end: number): number {
  let at = bytes[start] === minus ? start + 1 : start;
  const whole = at;
  while (at < end && isDigit(bytes[at] as number)) at++;
  const wholeDigits = at - whole;
  if (wholeDigits === 0 || wholeDigits > 0x7fff || (wholeDigits > 1 && bytes[whole] === zero)) return -1;
  if (at === end) return wholeDigits << 16;
  if (bytes[at] !== dot || at + 1 === end || end - at > 0xffff) return -1;
  const fraction = ++at;
  let last = fraction - 1;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (!isDigit(byte)) return -1;
    if (byte !== zero) last = at;
  }
  return (wholeDigits << 16) | (last + 1 - fraction);
}

/** Whether a decimal of 38 digits with this scale fits the value. `shape`: the result of `decimalShape`. */
export function fitsDecimal(shape: number, scale: number): boolean {
  return shape >= 0 && (shape & 0xffff) <= scale && shape >> 16 <= maxDecimalDigits - scale;
}

/** An integer within int64, without leading zeros. */
export function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
  const isNegative = bytes[start] === minus;
  const first = isNegative ? start + 1 : start;
  const digits = end - first;
  if (digits <= 0 || digits > 19 || (digits > 1 && bytes[first] === zero)) return false;
  for (let at = first; at < end; at++) if (!isDigit(bytes[at] as number)) return false;
  return digits < 19 || isWithinInt64(bytes, first, isNegative);
}

const int64Digits = Buffer.from("9223372036854775807");

function isWithinInt64(bytes: Uint8Array, first: number, isNegative: boolean): boolean {
  for (let i = 0; i < 18; i++) {
    const difference = (bytes[first + i] as number) - (int64Digits[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return (bytes[first + 18] as number) <= (int64Digits[18] as number) + (isNegative ? 1 : 0);
}

/** A JSON number, also with an exponent. */
export function isJsonNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = bytes[start] === minus ? start + 1 : start;
  const whole = at;
  at = digitsEnd(bytes, at, end);
  if (at === whole || (at - whole > 1 && bytes[whole] === zero)) return false;
  if (at < end && bytes[at] === dot) {
    const fraction = ++at;
    at = digitsEnd(bytes, at, end);
    if (at === fraction) return false;
  }
  if (at < end && lower(bytes[at]) === 0x65) {
    at++;
    if (at < end && (bytes[at] === minus || bytes[at] === 0x2b)) at++;
    const power = at;
    at = digitsEnd(bytes, at, end);
    if (at === power) return false;
  }
  return at === end;
}

function digitsEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isDigit(bytes[at] as number)) at++;
  return at;
}

/** 1 for true, 0 for false (case does not matter), -1 for anything else. */
export function booleanOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 4) return isWord(bytes, start, trueWord) ? 1 : -1;
  return end - start === 5 && isWord(bytes, start, falseWord) ? 0 : -1;
}

const trueWord = Buffer.from("true");
const falseWord = Buffer.from("false");

function isWord(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (lower(bytes[start + i]) !== word[i]) return false;
  return true;
}

/** YYYY-MM-DD, a day that exists, from year 1 on. */
export function isDate(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 10 || bytes[start + 4] !== minus || bytes[start + 7] !== minus) return false;
  const year = pair(bytes, start) * 100 + pair(bytes, start + 2);
  const month = pair(bytes, start + 5);
  const day = pair(bytes, start + 8);
  return isDay(year, month, day);
}

/** Whether the day exists, from year 1 on. */
export function isDay(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysOf(year, month));
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * An instant: RFC 3339 with T or a space, a time zone, and at most microseconds (more digits must be 0), because databases keep no
 * more. Leap seconds are refused, because databases do not keep them either.
 */
export function isInstant(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 20 || !isDate(bytes, start, start + 10)) return false;
  const separator = bytes[start + 10];
  if (separator !== 0x20 && lower(separator) !== 0x74) return false;
  const at = clockEnd(bytes, start + 11, end);
  return at >= 0 && isZone(bytes, at, end);
}

/** HH:MM:SS with at most microseconds (more digits must be 0). */
export function isTime(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 8 && clockEnd(bytes, start, end) === end;
}

/** The end of HH:MM:SS[.f], or -1. */
function clockEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start + 2] !== colon || bytes[start + 5] !== colon) return -1;
  if (!isBelow(24, pair(bytes, start)) || !isBelow(60, pair(bytes, start + 3)) || !isBelow(60, pair(bytes, start + 6))) return -1;
  const fraction = start + 9;
  if (fraction > end || bytes[fraction - 1] !== dot) return start + 8;
  const at = digitsEnd(bytes, fraction, end);
  if (at === fraction) return -1;
  for (let i = fraction + 6; i < at; i++) if (bytes[i] !== zero) return -1;
  return at;
}

const colon = 0x3a;

function isZone(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start === 1) return lower(bytes[start]) === 0x7a;
  if (end - start !== 6 || (bytes[start] !== minus && bytes[start] !== 0x2b) || bytes[start + 3] !== colon) return false;
  return isBelow(24, pair(bytes, start + 1)) && isBelow(60, pair(bytes, start + 4));
}

const isBelow = (limit: number, value: number): boolean => value >= 0 && value < limit;

/** Two digits as a number. A large negative number for other bytes, so that a sum with it stays negative. */
export function pair(bytes: Uint8Array, at: number): number {
  const [high, low] = [bytes[at] as number, bytes[at + 1] as number];
  return isDigit(high) && isDigit(low) ? (high - zero) * 10 + low - zero : -1_000_000;
}

export function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

/** The lower case of an ASCII letter; for other bytes, anything that is not a letter. */
const lower = (byte: number | undefined): number => (byte as number) | 0x20;
