/** Compares two values by their bytes, without making strings or numbers. Each function returns a negative number, 0 or a positive one. */
import { pair } from "../types/recognize.ts";

/** UTF-8 sorts by code point, which JavaScript strings do not. */
export function compareText(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i++) {
    const difference = (a[aStart + i] as number) - (b[bStart + i] as number);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** Compares `-?digits[.digits]` without leading zeros by value: 1.50 equals 1.5, -0 equals 0. */
export function compareDecimals(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): number {
  const aIsNegative = a[aStart] === minus;
  const bIsNegative = b[bStart] === minus;
  const aFrom = aIsNegative ? aStart + 1 : aStart;
  const bFrom = bIsNegative ? bStart + 1 : bStart;
  if (aIsNegative !== bIsNegative) {
    if (isZero(a, aFrom, aEnd) && isZero(b, bFrom, bEnd)) return 0;
    return aIsNegative ? -1 : 1;
  }
  const order = compareSizes(a, aFrom, aEnd, b, bFrom, bEnd);
  return aIsNegative ? -order : order;
}

const [minus, dot, zero] = [0x2d, 0x2e, 0x30];

function compareSizes(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): number {
  const aPoint = pointAt(a, aStart, aEnd);
  const bPoint = pointAt(b, bStart, bEnd);
  const wholeDigits = aPoint - aStart;
  if (wholeDigits !== bPoint - bStart) return wholeDigits - (bPoint - bStart);
  const whole = compareText(a, aStart, aPoint, b, bStart, bPoint);
  if (whole !== 0) return whole;
  const length = Math.max(aEnd - aPoint, bEnd - bPoint);
  for (let i = 1; i < length; i++) {
    const aDigit = aPoint + i < aEnd ? (a[aPoint + i] as number) : zero;
    const bDigit = bPoint + i < bEnd ? (b[bPoint + i] as number) : zero;
    if (aDigit !== bDigit) return aDigit - bDigit;
  }
  return 0;
}

function pointAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== dot) at++;
  return at;
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== zero && bytes[at] !== dot) return false;
  return true;
}

/** Compares date-times with time zones (as `isInstant` accepts them) by the instant. */
export function compareInstants(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): number {
  return seconds(a, aStart, aEnd) - seconds(b, bStart, bEnd) || micros(a, aStart, aEnd) - micros(b, bStart, bEnd);
}

function seconds(bytes: Uint8Array, start: number, end: number): number {
  const days = daysSinceYearZero(pair(bytes, start) * 100 + pair(bytes, start + 2), pair(bytes, start + 5), pair(bytes, start + 8));
  const clock = pair(bytes, start + 11) * 3600 + pair(bytes, start + 14) * 60 + pair(bytes, start + 17);
  return days * 86_400 + clock - offset(bytes, end);
}

/** Seconds east of Greenwich; Z is the only zone that does not end in a digit. */
function offset(bytes: Uint8Array, end: number): number {
  if ((bytes[end - 1] as number) > 0x39) return 0;
  const size = pair(bytes, end - 5) * 3600 + pair(bytes, end - 2) * 60;
  return bytes[end - 6] === minus ? -size : size;
}

function micros(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start + 19] !== dot) return 0;
  let value = 0;
  let unit = 100_000;
  for (let at = start + 20; at < end && unit >= 1; at++, unit /= 10) {
    const digit = (bytes[at] as number) - zero;
    if (digit < 0 || digit > 9) break;
    value += digit * unit;
  }
  return value;
}

/** The proleptic Gregorian calendar with years that start in March, so that the leap day is the last day (H. Hinnant, chrono-compatible algorithms). */
function daysSinceYearZero(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear;
}
