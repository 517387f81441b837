/** Dates and times as the log stores them, as the server writes them, in UTC. Pure. Source: MySQL, my_time.cc. */

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const four = (value: number): string => String(value).padStart(4, "0");

/** Bytes of so many digits of a second. */
export const fractionSize = (digits: number): number => (digits + 1) >> 1;

/** ".123456"; "" for none. */
function fractionText(value: number, digits: number): string {
  return digits === 0 ? "" : `.${String(value).padStart(6, "0").slice(0, digits)}`;
}

/** In millionths. */
function fractionAt(bytes: Buffer, at: number, digits: number): number {
  const size = fractionSize(digits);
  return size === 0 ? 0 : bytes.readUIntBE(at, size) * 10 ** (6 - 2 * size);
}

export function dateText(bytes: Buffer, at: number): string {
  const value = bytes.readUIntLE(at, 3);
  return `${four(value >> 9)}-${two((value >> 5) & 15)}-${two(value & 31)}`;
}

/** 40 bits, big-endian: a sign, 17 of year * 13 + month, 5 of the day, 5, 6 and 6 of the time. */
export function datetimeText(bytes: Buffer, at: number, digits: number): string {
  const value = bytes.readUIntBE(at, 5) - 0x80_0000_0000;
  const time = value % 2 ** 17;
  const day = Math.floor(value / 2 ** 17);
  const months = day >> 5;
  const date = `${four(Math.floor(months / 13))}-${two(months % 13)}-${two(day & 31)}`;
  const clock = `${two(time >> 12)}:${two((time >> 6) & 63)}:${two(time & 63)}`;
  return `${date} ${clock}${fractionText(fractionAt(bytes, at + 5, digits), digits)}`;
}

/** Seconds since 1970, big-endian; 0 is no time. */
export function timestampText(bytes: Buffer, at: number, digits: number): string {
  const seconds = bytes.readUInt32BE(at);
  const fraction = fractionAt(bytes, at + 4, digits);
  return `${secondsText(seconds, fraction)}${fractionText(fraction, digits)}`;
}

/** "2024-02-29 23:59:59"; zeros for no time. */
export function secondsText(seconds: number, fraction = 0): string {
  if (seconds === 0 && fraction === 0) return "0000-00-00 00:00:00";
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** 24 bits with a bias, big-endian, and the fraction, which counts with the sign: 10 bits of hours, 6 and 6. */
export function timeText(bytes: Buffer, at: number, digits: number): string {
  const size = fractionSize(digits);
  const all = bytes.readUIntBE(at, 3 + size);
  const bias = 0x80_0000 * 2 ** (8 * size);
  const isNegative = all < bias;
  const value = Math.abs(all - bias);
  const fraction = (value % 2 ** (8 * size)) * 10 ** (6 - 2 * size);
  const whole = Math.floor(value / 2 ** (8 * size));
  const clock = `${two((whole >> 12) & 1023)}:${two((whole >> 6) & 63)}:${two(whole & 63)}`;
  return `${isNegative ? "-" : ""}${clock}${fractionText(fraction, digits)}`;
}

/** The types of before 5.6, which some tables still have. */
export function oldDatetimeText(bytes: Buffer, at: number): string {
  const digits = bytes.readBigUInt64LE(at).toString().padStart(14, "0");
  const part = (from: number, length = 2): string => digits.slice(from, from + length);
  return `${part(0, 4)}-${part(4)}-${part(6)} ${part(8)}:${part(10)}:${part(12)}`;
}

export function oldTimeText(bytes: Buffer, at: number): string {
  const value = bytes.readIntLE(at, 3);
  const size = Math.abs(value);
  return `${value < 0 ? "-" : ""}${two(Math.floor(size / 10_000))}:${two(Math.floor(size / 100) % 100)}:${two(size % 100)}`;
}
