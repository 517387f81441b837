/** Values of PostgreSQL's binary forms as JSON, written from bytes to bytes. Pure. */
import type { PgType } from "./form.ts";

const [quote, backslash, minus, point, digit0] = [0x22, 0x5c, 0x2d, 0x2e, 0x30];

/** Days and seconds between the first days of 1970 and 2000. */
const epochDays = 10_957;
const secondsOfDay = 86_400;

/** Writes the value of `size` bytes at `from` to `out` at `at`, which has room for `roomFor`. @returns the position after it */
export type ValueText = (input: Buffer, view: DataView, from: number, size: number, out: Buffer, at: number) => number;

export const valueTexts: Readonly<Record<PgType, ValueText>> = {
  bool: (input, _view, from, _size, out, at) => writeWord(input[from] === 1 ? "true" : "false", out, at),
  int8: (_input, view, from, _size, out, at) => {
    const [high, low] = [view.getInt32(from), view.getUint32(from + 4)];
    const isSafe = high >= -0x200000 && high < 0x200000;
    if (!isSafe) return writeWord(String(view.getBigInt64(from)), out, at);
    return writeInteger(high * 0x1_0000_0000 + low, out, at);
  },
  numeric: writeNumeric,
  text: writeText,
  json: (input, _view, from, size, out, at) => {
    // Only white space between its parts can be a control character.
    for (let i = 0; i < size; i++) {
      const byte = input[from + i] as number;
      out[at + i] = byte < 0x20 ? 0x20 : byte;
    }
    return at + size;
  },
  date: (_input, view, from, _size, out, at) => quoted(out, at, (next) => writeDay(view.getInt32(from), out, next)),
  time: (_input, view, from, _size, out, at) => {
    const micros = view.getInt32(from) * 0x1_0000_0000 + view.getUint32(from + 4);
    const seconds = Math.floor(micros / 1e6);
    return quoted(out, at, (next) => writeClock(seconds, micros - seconds * 1e6, out, next));
  },
  timestamptz: (_input, view, from, _size, out, at) =>
    quoted(out, at, (start) => {
      let next = writeInstant(view, from, 0x54, out, start);
      out[next++] = 0x5a;
      return next;
    }),
  uuid: (input, _view, from, _size, out, at) => {
    const hex = input.toString("hex", from, from + 16);
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
    return writeWord(`"${parts.join("-")}"`, out, at);
  },
  bytea: (input, _view, from, size, out, at) => writeWord(`"${input.toString("base64", from, from + size)}"`, out, at),
};

/** The most bytes that the text of a value takes. */
export function roomFor(type: string, input: Buffer, from: number, size: number): number {
  if (type === "text") return 2 + (size <= 4096 ? 6 * size : size + 5 * escapesIn(input, from, size));
  // Four digits for two bytes, and up to 131,072 digits before the point or 16,383 after it that are zeros.
  if (type === "numeric") return 2 * size + 16 + 4 * Math.abs(input.readInt16BE(from + 2)) + input.readUInt16BE(from + 6);
  return type === "bytea" ? 8 + Math.ceil(size / 3) * 4 : size + 64;
}

/**
 * Writes an instant of 8 bytes, without a zone. `separator`: the byte between day and time. @returns the position after it
 * @example writeInstant(viewOf(Buffer.alloc(8)), 0, 0x54, out, 0); // 2000-01-01T00:00:00
 */
export function writeInstant(view: DataView, from: number, separator: number, out: Buffer, at: number): number {
  // 2^32 microseconds are 4294 seconds and 967,296 microseconds, so all numbers here are exact.
  const [high, rest] = [view.getInt32(from), view.getUint32(from + 4)];
  const low = high * 967_296 + rest;
  const carried = Math.floor(low / 1e6);
  const seconds = high * 4294 + carried;
  const day = Math.floor(seconds / secondsOfDay);
  const next = writeDay(day, out, at);
  out[next] = separator;
  return writeClock(seconds - day * secondsOfDay, low - carried * 1e6, out, next + 1);
}

/**
 * `day`: since 2000-01-01. Years before the year 1 are counted from it, as PostgreSQL does it before BC. @returns the position after the date
 * @example writeDay(59, out, 0); // 2000-02-29
 */
export function writeDay(day: number, out: Buffer, at: number): number {
  // Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  const shifted = day + epochDays + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const shown = year <= 0 ? 1 - year : year;
  let next = shown <= 9999 ? writeDigits(shown, 4, out, at) : writeInteger(shown, out, at);
  out[next++] = minus;
  next = writeDigits(month, 2, out, next);
  out[next++] = minus;
  return writeDigits(dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1, 2, out, next);
}

/** Without zeros at the end of the fraction. */
function writeClock(seconds: number, micros: number, out: Buffer, at: number): number {
  let next = writeDigits(Math.floor(seconds / 3600), 2, out, at);
  out[next++] = 0x3a;
  next = writeDigits(Math.floor(seconds / 60) % 60, 2, out, next);
  out[next++] = 0x3a;
  next = writeDigits(seconds % 60, 2, out, next);
  if (micros === 0) return next;
  out[next++] = point;
  let end = writeDigits(micros, 6, out, next);
  while (out[end - 1] === digit0) end--;
  return end;
}

/** Source: numeric.c, `numeric_send` and `get_str_from_var`. */
function writeNumeric(_input: Buffer, view: DataView, from: number, _size: number, out: Buffer, start: number): number {
  const places = view.getInt16(from);
  const weight = view.getInt16(from + 2);
  const sign = view.getUint16(from + 4);
  const shown = view.getUint16(from + 6);
  if (sign >= 0xc000) return writeWord(sign === 0xc000 ? "NaN" : sign === 0xd000 ? "Infinity" : "-Infinity", out, start);
  const place = (index: number): number => (index >= 0 && index < places ? view.getInt16(from + 8 + 2 * index) : 0);
  let at = start;
  if (sign === 0x4000) out[at++] = minus;
  if (weight < 0) out[at++] = digit0;
  else at = writeInteger(place(0), out, at);
  for (let index = 1; index <= weight; index++) at = writeDigits(place(index), 4, out, at);
  if (shown === 0) return at;
  out[at++] = point;
  const end = at + shown;
  for (let index = weight + 1; at < end; index++) at = writeDigits(place(index), 4, out, at);
  return end;
}

function writeText(input: Buffer, _view: DataView, from: number, size: number, out: Buffer, start: number): number {
  const end = from + size;
  let at = start;
  out[at++] = quote;
  for (let i = from; i < end; i++) {
    const byte = input[i] as number;
    if (byte >= 0x20 && byte !== quote && byte !== backslash) {
      out[at++] = byte;
      continue;
    }
    const short = shortEscapes[byte];
    if (short === 0) at = writeWord(`\\u00${byte < 16 ? "0" : ""}${byte.toString(16)}`, out, at);
    else {
      out[at] = backslash;
      out[at + 1] = short as number;
      at += 2;
    }
  }
  out[at++] = quote;
  return at;
}

/** The letter of an escape of two characters, by byte. */
const shortEscapes = new Uint8Array(128);
for (const [byte, letter] of Object.entries({ 8: "b", 9: "t", 10: "n", 12: "f", 13: "r", 34: '"', 92: "\\" }))
  shortEscapes[Number(byte)] = letter.charCodeAt(0);

function escapesIn(input: Buffer, from: number, size: number): number {
  let count = 0;
  for (let i = from; i < from + size; i++) {
    const byte = input[i] as number;
    if (byte < 0x20 || byte === quote || byte === backslash) count++;
  }
  return count;
}

function quoted(out: Buffer, at: number, write: (at: number) => number): number {
  out[at] = quote;
  const next = write(at + 1);
  out[next] = quote;
  return next + 1;
}

/** A safe integer. */
function writeInteger(value: number, out: Buffer, at: number): number {
  if (value < 0) {
    out[at] = minus;
    return writeInteger(-value, out, at + 1);
  }
  if (value >= 1e9) return writeWord(String(value), out, at);
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return writeDigits(value, digits, out, at);
}

/** The last `count` digits. */
function writeDigits(value: number, count: number, out: Buffer, at: number): number {
  let left = value;
  for (let i = at + count - 1; i >= at; i--) {
    const rest = Math.floor(left / 10);
    out[i] = digit0 + left - rest * 10;
    left = rest;
  }
  return at + count;
}

/**
 * Writes ASCII. @returns the position after it
 * @example writeWord("null", out, 0); // 4
 */
export function writeWord(word: string, out: Buffer, at: number): number {
  return at + out.write(word, at, "latin1");
}
