/** Guesses a column's type from its cells: each cell strikes out what it can't be, and what is left is the type. */
import type { JsonSchema } from "@tapline/sdk";
import { booleanOf, decimalShape, isDate, isInstant, isInteger, maxDecimalDigits } from "./recognize.ts";

const [integer, decimal, boolean, date, instant] = [1, 2, 4, 8, 16];

export class ColumnGuess {
  #candidates = integer | decimal | boolean | date | instant;
  #hasValues = false;
  #wholeDigits = 0;
  #scale = 0;

  /** An empty cell, in quotes or not, says nothing. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (start === end || this.#candidates === 0) return;
    this.#hasValues = true;
    let left = this.#candidates;
    if ((left & integer) !== 0 && !isInteger(bytes, start, end)) left &= ~integer;
    if ((left & decimal) !== 0) {
      const shape = decimalShape(bytes, start, end);
      if (shape < 0) left &= ~decimal;
      else {
        this.#wholeDigits = Math.max(this.#wholeDigits, shape >> 16);
        this.#scale = Math.max(this.#scale, fractionDigits(bytes, start, end));
      }
    }
    if ((left & boolean) !== 0 && booleanOf(bytes, start, end) < 0) left &= ~boolean;
    if ((left & date) !== 0 && !isDate(bytes, start, end)) left &= ~date;
    if ((left & instant) !== 0 && !isInstant(bytes, start, end)) left &= ~instant;
    this.#candidates = left;
  }

  schema(): JsonSchema {
    if (!this.#hasValues) return stringSchema;
    if (this.#candidates & integer) return { type: ["null", "integer"] };
    if (this.#candidates & decimal) return this.#decimalSchema();
    if (this.#candidates & boolean) return { type: ["null", "boolean"] };
    if (this.#candidates & date) return { type: ["null", "string"], format: "date" };
    if (this.#candidates & instant) return { type: ["null", "string"], format: "date-time" };
    return stringSchema;
  }

  /** Whole numbers past int64 are identifiers rather than amounts, and no schema keyword says how wide they are. */
  #decimalSchema(): JsonSchema {
    const isNarrow = this.#scale > 0 && this.#wholeDigits + this.#scale <= maxDecimalDigits;
    return isNarrow ? { type: ["null", "number"], multipleOf: Number(`1e-${this.#scale}`) } : stringSchema;
  }
}

export const stringSchema: JsonSchema = { type: ["null", "string"] };

/** As written: 1.50 has two, so that the column shows prices as prices. */
function fractionDigits(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start; at--) if (bytes[at] === 0x2e) return end - 1 - at;
  return 0;
}
