/** Cells of booleans and numbers. */
import { cellKind, powerOfTen } from "@tapline/sdk";
import { decimalWriter, isShortDecimal } from "../buffers/decimal.ts";
import { integerWriter, writeBigint, writeBoolean, writeDouble, writeSafeInt64, writeSafeInt128 } from "../buffers/numbers.ts";
import type { AppendCells } from "./appender.ts";
import { fixedCells } from "./fixed.ts";

export function booleanCells(): AppendCells {
  return fixedCells(
    1,
    (view, at, { kinds }, cell) => {
      const kind = kinds[cell];
      if (kind !== cellKind.true && kind !== cellKind.false) return false;
      view.setUint8(at, kind === cellKind.true ? 1 : 0);
      return true;
    },
    writeBoolean,
  );
}

const bits = { smallint: 16, integer: 32, bigint: 64 } as const;

/** A cell's number has 15 digits at most. */
export function integerCells(kind: keyof typeof bits): AppendCells {
  const limit = 2 ** (bits[kind] - 1);
  return fixedCells(
    8,
    (view, at, { kinds, numbers }, cell) => {
      const value = numbers[cell] as number;
      if (kinds[cell] !== cellKind.number || value < -limit || value >= limit) return false;
      writeSafeInt64(view, at, value);
      return true;
    },
    kind === "bigint" ? writeBigint : integerWriter(bits[kind]),
  );
}

/** Both the digits and the power of ten are exact doubles, so their quotient is the double nearest to the number. */
export function doubleCells(): AppendCells {
  return fixedCells(
    8,
    (view, at, { kinds, numbers }, cell) => {
      const scale = (kinds[cell] as number) - cellKind.number;
      if (scale < 0) return false;
      view.setFloat64(at, (numbers[cell] as number) / powerOfTen(scale), true);
      return true;
    },
    writeDouble,
  );
}

/** The largest power of ten that a double holds. */
const mostPower = 22;

export function decimalCells(precision: number, scale: number): AppendCells {
  const write = isShortDecimal(precision) ? writeSafeInt64 : writeSafeInt128;
  const limit = precision > 15 ? Number.MAX_SAFE_INTEGER : 10 ** precision - 1;
  return fixedCells(
    isShortDecimal(precision) ? 8 : 16,
    (view, at, { kinds, numbers }, cell) => {
      const missing = scale - ((kinds[cell] as number) - cellKind.number);
      // Of a text or a boolean it is more than the scale; below zero where the number has more digits after the point than the column.
      if (missing < 0 || missing > scale || missing > mostPower) return false;
      const digits = (numbers[cell] as number) * powerOfTen(missing);
      if (digits > limit || digits < -limit) return false;
      write(view, at, digits);
      return true;
    },
    decimalWriter(precision, scale),
  );
}
