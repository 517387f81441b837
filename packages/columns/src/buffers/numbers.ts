/** Booleans, integers of 16 to 128 bits, and floating point. */
import { scaledDigits } from "../values/digits.ts";
import { integerText, readDouble, readReal } from "../values/numbers.ts";
import { Refusal } from "../values/refusal.ts";
import type { WriteValue } from "./write-value.ts";

/** The largest HUGEINT that Parquet can hold: a decimal of 38 digits. */
const maxHugeint = 10n ** 38n - 1n;

export function writeBoolean(view: DataView, at: number, value: unknown): void {
  if (typeof value !== "boolean") throw new Refusal("wrong_type");
  view.setUint8(at, value ? 1 : 0);
}

export function writeBigint(view: DataView, at: number, value: unknown): void {
  if (typeof value === "number" && Number.isSafeInteger(value)) writeSafeInt64(view, at, value);
  else view.setBigInt64(at, integerDigits(value, -(2n ** 63n), 2n ** 63n - 1n), true);
}

/** Writes a 64-bit integer for a column of so many bits; the reader makes it narrower. */
export function integerWriter(bits: number): WriteValue {
  const limit = 2 ** (bits - 1);
  return (view, at, value) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= -limit && value < limit) writeSafeInt64(view, at, value);
    else view.setBigInt64(at, integerDigits(value, BigInt(-limit), BigInt(limit) - 1n), true);
  };
}

/** As Parquet's decimal of 38 digits without a scale. */
export function writeHugeint(view: DataView, at: number, value: unknown): void {
  if (typeof value === "number" && Number.isSafeInteger(value)) writeSafeInt128(view, at, value);
  else writeInt128(view, at, integerDigits(value, -maxHugeint, maxHugeint));
}

export function writeDouble(view: DataView, at: number, value: unknown): void {
  view.setFloat64(at, readDouble(value), true);
}

/** Writes a double; the reader makes it 32 bits wide. */
export function writeReal(view: DataView, at: number, value: unknown): void {
  view.setFloat64(at, readReal(value), true);
}

/** Two 32-bit writes, so that no value needs a BigInt. */
export function writeSafeInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, value, true);
  view.setInt32(at + 4, highWord(value), true);
}

/** Bits 32 to 63. Most values are small, and a shift costs a tenth of a division. */
function highWord(value: number): number {
  return (value | 0) === value ? value >> 31 : Math.floor(value / 4294967296);
}

/** Big-endian, as in Parquet. */
export function writeSafeInt128(view: DataView, at: number, value: number): void {
  const sign = value < 0 ? -1 : 0;
  view.setInt32(at, sign);
  view.setInt32(at + 4, sign);
  view.setInt32(at + 8, highWord(value));
  view.setInt32(at + 12, value);
}

export function writeInt128(view: DataView, at: number, value: bigint): void {
  view.setBigInt64(at, value >> 64n);
  view.setBigInt64(at + 8, BigInt.asIntN(64, value));
}

/** Beyond 2^53 the digits that were sent count, not those of the double. */
function integerDigits(value: unknown, min: bigint, max: bigint): bigint {
  const digits = scaledDigits(integerText(value), 0, "integer_has_fraction", "integer_out_of_range");
  if (digits < min || digits > max) throw new Refusal("integer_out_of_range");
  return digits;
}
