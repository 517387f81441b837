/** Booleans, 64-bit integers and doubles. */

import { isExactNumber, numberText } from "@tapline/protocol";
import { Refusal, scaledDigits } from "@tapline/sql";

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

export function writeBoolean(view: DataView, at: number, value: unknown): void {
  if (typeof value !== "boolean") throw new Refusal("wrong_type");
  view.setUint8(at, value ? 1 : 0);
}

export function writeBigint(view: DataView, at: number, value: unknown): void {
  if (typeof value === "number" && Number.isSafeInteger(value)) writeSafeInt64(view, at, value);
  else view.setBigInt64(at, int64(value), true);
}

export function writeDouble(view: DataView, at: number, value: unknown): void {
  if (typeof value !== "number") throw new Refusal(isExactNumber(value) ? "double_not_exact" : "wrong_type");
  view.setFloat64(at, value, true);
}

/** Two 32-bit writes, so that no value needs a BigInt. */
export function writeSafeInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, value, true);
  view.setInt32(at + 4, Math.floor(value / 4294967296), true);
}

/** A number beyond 2^53 stands for the digits it is spelled with, not for the digits of its double. */
function int64(value: unknown): bigint {
  const text = numberText(value);
  if (text === null) throw new Refusal(typeof value === "number" ? "not_finite" : "wrong_type");
  const digits = scaledDigits(text, 0, "integer_has_fraction", "integer_out_of_range");
  if (digits < minInt64 || digits > maxInt64) throw new Refusal("integer_out_of_range");
  return digits;
}
