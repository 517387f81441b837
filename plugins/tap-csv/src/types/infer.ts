/**
 * Detects a column's type from its cells: each cell rules out the types it can't have, and what is left is the type. When the
 * cells allow two readings, the column is text, and the evidence says why.
 */
import { formatNumber, type JsonSchema } from "@tapline/sdk";
import { shorten } from "../errors.ts";
import type { ColumnKind } from "./column-kind.ts";
import { schemaOf } from "./column-type.ts";
import { DateShapes } from "./date-shapes.ts";
import { isNullMarker, type Nulls } from "./null-values.ts";
import { writeNumberStyle } from "./number-format.ts";
import { type NumberReading, NumberShapes } from "./number-shapes.ts";
import { booleanOf, decimalShape, isDate, isInstant, isInteger, isTime, maxDecimalDigits } from "./recognize.ts";

export interface InferredType {
  kind: ColumnKind;
  scale: number;
  schema: JsonSchema;
  /** The format of the values for `valueFormat`; undefined for the canonical form. */
  format?: string;
  /** The reason for the type, in words. */
  evidence: string;
  /** Read as text because the format is ambiguous; a setting can decide it. */
  isAmbiguous?: boolean;
}

/** What other columns of the same files show; it decides where the cells of one column are ambiguous. */
export interface Habits {
  points: Set<"." | ",">;
  orders: Set<"day first" | "month first">;
}

/** Detects the types of columns from the same files. */
export function inferTypes(guesses: ReadonlyMap<string, ColumnGuess>): Map<string, InferredType> {
  const habits: Habits = { points: new Set(), orders: new Set() };
  for (const guess of guesses.values()) guess.addHabits(habits);
  return new Map([...guesses].map(([name, guess]) => [name, guess.conclude(habits)]));
}

const [integer, decimal, boolean, date, time, instant] = [1, 2, 4, 8, 16, 32];
const all = integer | decimal | boolean | date | time | instant;

export class ColumnGuess {
  readonly #nulls: Nulls;
  readonly #hasZone: boolean;
  /** Bits of the types that all cells so far fit in canonical form. */
  #plain = all;
  #numbers: NumberShapes | undefined;
  #dates: DateShapes | undefined;
  #values = 0;
  #wholeDigits = 0;
  #scale = 0;
  /** All decimals so far could also be integers with a point between thousands, such as 1.234. */
  #looksGrouped = true;
  #first = "";
  /** The value that ruled out the last canonical type, and the one that ruled out the last format. */
  #exception = "";
  #lastException = "";

  /** `hasZone`: the setting `time_zone` gives times without a zone one. */
  constructor({ nulls = [], hasZone = false }: { nulls?: Nulls; hasZone?: boolean } = {}) {
    this.#nulls = nulls;
    this.#hasZone = hasZone;
  }

  /** Empty cells, with or without quotes, and null values are ignored. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (start === end || (this.#values > 0 && this.isText)) return;
    if (this.#nulls.length > 0 && isNullMarker(this.#nulls, bytes, start, end)) return;
    if (this.#plain !== 0) {
      const before = this.#plain;
      this.#plain = this.#typesLeft(bytes, start, end);
      if (this.#values++ === 0) this.#first = textOf(bytes, start, end);
      if (this.#plain !== 0) return;
      this.#exception = textOf(bytes, start, end);
      this.#tryOtherFormats(before);
    } else this.#values++;
    const text = textOf(bytes, start, end);
    if (this.#numbers?.add(text) === false) this.#numbers = undefined;
    if (this.#dates?.add(text) === false) this.#dates = undefined;
    if (this.isText) this.#lastException = text;
  }

  /** Whether the column is text whatever cells follow. */
  get isText(): boolean {
    return this.#plain === 0 && this.#numbers === undefined && this.#dates === undefined;
  }

  addHabits({ points, orders }: Habits): void {
    if (this.#values === 0) return;
    if (this.#plain !== 0) {
      if ((this.#plain & (integer | decimal)) === decimal && !this.#looksGrouped) points.add(".");
      return;
    }
    const meanings = this.#numbers?.meanings ?? [];
    if (meanings.length === 1 && meanings[0]?.point !== undefined) points.add(meanings[0].point);
    const order = this.#dates?.patterns.length === 1 ? this.#dates.patterns[0]?.order : undefined;
    if (order !== undefined) orders.add(order);
  }

  conclude(habits: Habits = { points: new Set(), orders: new Set() }): InferredType {
    if (this.#values === 0) return text("no cell has a value");
    if (this.#plain !== 0) return this.#plainType(habits);
    if (this.#numbers !== undefined) return this.#numberType(this.#numbers.meanings, habits);
    if (this.#dates !== undefined) return this.#dateType(this.#dates, habits);
    const last = quoted(this.#lastException);
    if (this.#values === 1) return text(`${last} is not a number, date, time or boolean`);
    return text(`${last} does not fit the types of the values before it, such as ${quoted(this.#first)}`);
  }

  #typesLeft(bytes: Uint8Array, start: number, end: number): number {
    let left = this.#plain;
    if ((left & integer) !== 0 && !isInteger(bytes, start, end)) left &= ~integer;
    if ((left & decimal) !== 0) {
      const shape = decimalShape(bytes, start, end);
      if (shape < 0) left &= ~decimal;
      else {
        const scale = fractionDigits(bytes, start, end);
        this.#wholeDigits = Math.max(this.#wholeDigits, shape >> 16);
        this.#scale = Math.max(this.#scale, scale);
        if (scale !== 0 && (scale !== 3 || shape >> 16 > 3 || isZeroBeforePoint(bytes, start))) this.#looksGrouped = false;
      }
    }
    if ((left & boolean) !== 0 && booleanOf(bytes, start, end) < 0) left &= ~boolean;
    if ((left & date) !== 0 && !isDate(bytes, start, end)) left &= ~date;
    if ((left & time) !== 0 && !isTime(bytes, start, end)) left &= ~time;
    if ((left & instant) !== 0 && !isInstant(bytes, start, end)) left &= ~instant;
    return left;
  }

  /** No canonical type is left: tries other formats, which must also fit the cells before this one. */
  #tryOtherFormats(before: number): void {
    if (before === all || (before & decimal) !== 0) {
      this.#numbers = new NumberShapes();
      // Canonical values have at most one point, so one example represents all of them.
      if (this.#scale > 0) this.#numbers.add(this.#looksGrouped ? "1.234" : `1.${"5".repeat(this.#scale)}`);
      this.#numbers.atLeast(this.#wholeDigits);
    }
    if (before === all || before === date) this.#dates = new DateShapes(before === date ? "%Y-%m-%d" : undefined);
  }

  #plainType({ points }: Habits): InferredType {
    const count = `all ${formatNumber(this.#values)} values are`;
    const found = (kind: ColumnKind, evidence: string): InferredType => typed(kind, 0, evidence);
    if (this.#plain & integer) return found("integer", `${count} whole numbers within 64 bits, such as ${quoted(this.#first)}`);
    if (this.#plain & decimal) {
      const [whole, scale] = [this.#wholeDigits, this.#scale];
      // Integers beyond int64 are identifiers rather than amounts, and no schema keyword gives their width.
      if (scale === 0) return text("whole numbers, some larger than 64 bits, so probably identifiers");
      if (whole + scale > maxDecimalDigits)
        return text(`numbers with up to ${whole} digits before the point and ${scale} after it, more than the 38 that a decimal can have`);
      if (this.#looksGrouped && points.has(","))
        return ambiguous(
          `in ${quoted(this.#first)} the point may separate thousands, because other columns have a decimal comma; set the format in columns`,
        );
      return typed("decimal", scale, `${count} decimal numbers with up to ${scale} digits after the point`);
    }
    if (this.#plain & boolean) return found("boolean", `${count} true or false`);
    if (this.#plain & date) return found("date", `${count} dates (YYYY-MM-DD), such as ${quoted(this.#first)}`);
    if (this.#plain & time) return found("time", `${count} times of day (HH:MM:SS), such as ${quoted(this.#first)}`);
    return found("date-time", `${count} date-times with a time zone, such as ${quoted(this.#first)}`);
  }

  #numberType(meanings: readonly NumberReading[], { points }: Habits): InferredType {
    const [point] = points.size === 1 ? points : [];
    const fits = ({ style, point: shown }: NumberReading): boolean => (shown === undefined ? style.point === point : shown === point);
    const known = meanings.length === 1 ? meanings : meanings.filter(fits);
    const [found] = known;
    const example = quoted(this.#exception);
    if (found === undefined || known.length > 1) {
      return ambiguous(
        `the separator in ${example} may be for decimals or for thousands, and no value shows which; set the format in columns`,
      );
    }
    const { style, wholeDigits, scale } = found;
    const isOnlyGrouped = found.point === undefined && this.#exception.includes(style.group) && style.group !== ",";
    if (isOnlyGrouped && point !== style.point) {
      return ambiguous(
        `${example} may be a number with a thousands separator or an identifier, and no value shows which; set the format in columns`,
      );
    }
    if (wholeDigits + scale > (scale === 0 ? 18 : maxDecimalDigits))
      return text(`numbers with ${wholeDigits + scale} digits, such as ${example}, too long for a number type`);
    const format = writeNumberStyle(style, scale);
    const how = meanings.length > 1 ? `; other columns have a decimal ${point === "," ? "comma" : "point"}` : "";
    const evidence = `all ${formatNumber(this.#values)} values are numbers in the format ${format}, such as ${example}${how}`;
    return { ...typed(scale === 0 ? "integer" : "decimal", scale, evidence), format };
  }

  #dateType(dates: DateShapes, { orders }: Habits): InferredType {
    const [order] = orders.size === 1 ? orders : [];
    const known = dates.patterns.length === 1 ? dates.patterns : dates.patterns.filter((pattern) => pattern.order === order);
    const [found] = known;
    const example = quoted(this.#exception);
    if (found === undefined || known.length > 1) {
      return ambiguous(`dates such as ${example}, and no value shows whether the day or the month comes first; set the format in columns`);
    }
    if (found.doubt !== undefined)
      return ambiguous(`${example} may have the format ${found.pattern}, but ${found.doubt}; set the format in columns`);
    if (found.kind === "date-time" && !found.pattern.includes("%z") && !this.#hasZone) {
      return ambiguous(`times without a time zone, such as ${example}; set time_zone to load them as date-times`);
    }
    const how =
      dates.patterns.length > 1
        ? `; other columns have the ${order}`
        : dates.proof === undefined
          ? ""
          : `; ${quoted(dates.proof)} shows the order`;
    const evidence = `all ${formatNumber(this.#values)} values have the format ${found.pattern}, such as ${example}${how}`;
    return { ...typed(found.kind, 0, evidence), format: found.pattern };
  }
}

export const stringSchema: JsonSchema = { type: ["null", "string"] };

const text = (evidence: string): InferredType => ({ kind: "string", scale: 0, schema: stringSchema, evidence });

/** Text that a setting could give a better type. */
const ambiguous = (evidence: string): InferredType => ({ ...text(evidence), isAmbiguous: true });

const typed = (kind: ColumnKind, scale: number, evidence: string): InferredType => ({
  kind,
  scale,
  schema: schemaOf({ kind, scale }),
  evidence,
});

const textOf = (bytes: Uint8Array, start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString();

const quoted = (value: string): string => JSON.stringify(shorten(value));

/** Trailing zeros count: 1.50 has two digits, so that prices keep their scale. */
function fractionDigits(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start; at--) if (bytes[at] === 0x2e) return end - 1 - at;
  return 0;
}

function isZeroBeforePoint(bytes: Uint8Array, start: number): boolean {
  return bytes[bytes[start] === 0x2d ? start + 1 : start] === 0x30;
}
