/** Decimals: 64-bit integers up to 18 digits, 128-bit big-endian ones beyond, which is how Parquet stores them. */
import { scaledDigits } from "../values/digits.ts";
import { decimalText, surelyExactDigits } from "../values/numbers.ts";
import { Refusal } from "../values/refusal.ts";
import { writeInt128, writeSafeInt64, writeSafeInt128 } from "./numbers.ts";
import type { WriteValue } from "./write-value.ts";

/** Whether all values of this precision fit 64 bits. */
export function isShortDecimal(precision: number): boolean {
  return precision <= 18;
}

export function decimalWriter(precision: number, scale: number): WriteValue {
  const isShort = isShortDecimal(precision);
  const factor = 10 ** scale;
  const fastLimit = surelyExactDigits(precision, scale);
  const limit = 10n ** BigInt(precision);

  return (view, at, value) => {
    if (typeof value === "number") {
      const digits = Math.round(value * factor);
      if (digits <= fastLimit && digits >= -fastLimit && digits / factor === value) {
        if (isShort) writeSafeInt64(view, at, digits);
        else writeSafeInt128(view, at, digits);
        return;
      }
    }
    const digits = decimalDigits(value, scale, limit);
    if (isShort) view.setBigInt64(at, digits, true);
    else writeInt128(view, at, digits);
  };
}

function decimalDigits(value: unknown, scale: number, limit: bigint): bigint {
  const digits = scaledDigits(decimalText(value), scale, "decimal_too_fine", "decimal_out_of_range");
  if (digits >= limit || digits <= -limit) throw new Refusal("decimal_out_of_range");
  return digits;
}
