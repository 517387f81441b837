/**
 * Detects the type that a run of cells has in common: each cell rules out the types it can't have. When the cells allow two readings,
 * the type is text, and the evidence has the reason.
 */
import { formatNumber } from "@tapline/sdk";
import { shorten } from "../errors.ts";
import { blanksEnd, blanksStart } from "./blanks.ts";
import type { ColumnKind } from "./column-kind.ts";
import { DateShapes } from "./date-shapes.ts";
import { type CellPosition, type ExampleCell, type InferredType, textType, typedAs } from "./inferred-type.ts";
import { looseWriter, writeNumber } from "./loose-value.ts";
import { writeNumberStyle } from "./number-format.ts";
import { type NumberReading, NumberShapes } from "./number-shapes.ts";
import { booleanOf, decimalShape, isDate, isInstant, isInteger, isJsonNumber, isTime, maxDecimalDigits } from "./recognize.ts";

/** What other columns of the same files show; it decides where the cells of one column are ambiguous. */
export interface Habits {
  points: Set<"." | ",">;
  orders: Set<"day first" | "month first">;
  /** The files separate cells by semicolons, as programs do where the comma is the decimal point. */
  usesSemicolons: boolean;
}

export const noHabits = (usesSemicolons = false): Habits => ({ points: new Set(), orders: new Set(), usesSemicolons });

/** Groups of types that a message names, because they can be mixed up by a single cell. */
export type Family = "numbers" | "dates" | "times" | "date-times" | "true or false" | "text";

const [integer, decimal, float, boolean, date, time, instant] = [1, 2, 4, 8, 16, 32, 64];
const numeric = integer | decimal | float;
const all = numeric | boolean | date | time | instant;

/** Doubles with more digits are results of computation, and their last digits are not what anybody typed. */
const maxSheetDigits = 15;

/** Longer numbers with a plus and without a point are telephone numbers. */
const maxPlusDigits = 6;
const [plus, dot] = [0x2b, 0x2e];

const setFormat = "set the type and format in columns";

export class KindGuess {
  readonly #hasZone: boolean;
  /** Bits of the types that all cells so far fit in canonical form. */
  #plain = all;
  #numbers: NumberShapes | undefined;
  #dates: DateShapes | undefined;
  #values = 0;
  #wholeDigits = 0;
  #scale = 0;
  /** Values with an exponent that could be an identifier, such as 12E12, and values that only a measurement has, such as 1.5 or 1E-05. */
  #exponents = 0;
  #measures = 0;
  /** All decimals so far could also be integers with a point between thousands, such as 1.234. */
  #looksGrouped = true;
  #first: ExampleCell = { value: "" };
  /** The value that ruled out the last canonical type. */
  #exception: ExampleCell = { value: "" };
  /** The first cell that is only `-`. */
  #dash: ExampleCell | undefined;
  #family: Family = "text";

  /** `hasZone`: the setting `time_zone` gives times without a zone one. */
  constructor(hasZone: boolean) {
    this.#hasZone = hasZone;
  }

  get values(): number {
    return this.#values;
  }

  get first(): ExampleCell {
    return this.#first;
  }

  /** What the cells were before one of them made them text. */
  get family(): Family {
    return this.#family;
  }

  /** Whether most values with an exponent could be identifiers, such as 12E12. */
  get looksLikeIdentifiers(): boolean {
    return this.#exponents > this.#measures;
  }

  /** Whether the cells are text whatever cells follow. */
  get isText(): boolean {
    return this.#plain === 0 && this.#numbers === undefined && this.#dates === undefined;
  }

  /** The cell has more than blanks. */
  add(bytes: Uint8Array, start: number, end: number, at?: CellPosition): void {
    if (this.#plain !== 0) {
      const before = this.#plain;
      this.#plain = this.#typesLeft(bytes, start, end);
      if (this.#values++ === 0) this.#first = example(bytes, start, end, at);
      if (this.#plain !== 0) {
        this.#family = familyOf(this.#plain);
        return;
      }
      this.#exception = example(bytes, start, end, at);
      this.#tryOtherFormats(before);
    } else this.#values++;
    const text = textOf(bytes, start, end);
    if (text.trim() === "-" && this.#numbers !== undefined) this.#dash ??= example(bytes, start, end, at);
    if (this.#numbers?.add(text) === false) this.#numbers = undefined;
    if (this.#dates?.add(text.trim()) === false) this.#dates = undefined;
    if (this.#numbers !== undefined) this.#family = "numbers";
    else if (this.#dates !== undefined) this.#family = `${this.#dates.patterns[0]?.kind ?? "date"}s`;
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

  /** `isSheet`: the cells are from a sheet, where numbers are doubles and have no thousands separators. */
  conclude(habits: Habits, isSheet = false): InferredType {
    if (this.#values === 0) return textType("no cell has a value");
    if (this.#plain !== 0) return this.#plainType(habits, isSheet);
    if (this.#numbers?.hasUnclearDash === true) return this.#unclearDash();
    if (this.#numbers !== undefined) return this.#numberType(this.#numbers.meanings, habits);
    if (this.#dates !== undefined) return this.#dateType(this.#dates, habits);
    return textType(`${quoted(this.#exception.value)} is not a number, date, time or boolean`);
  }

  #typesLeft(bytes: Uint8Array, from: number, to: number): number {
    const start = blanksEnd(bytes, from, to);
    const end = blanksStart(bytes, start, to);
    let left = this.#plain;
    if ((left & numeric) !== 0) left &= ~numeric | this.#numbersLeft(bytes, start, end, left & numeric);
    if ((left & boolean) !== 0 && booleanOf(bytes, start, end) < 0) left &= ~boolean;
    if ((left & date) !== 0 && !isDate(bytes, start, end)) left &= ~date;
    if ((left & time) !== 0 && !isTime(bytes, start, end)) left &= ~time;
    if ((left & instant) !== 0 && !isInstant(bytes, start, end) && !isLooseInstant(bytes, start, end)) left &= ~instant;
    return left;
  }

  #numbersLeft(bytes: Uint8Array, start: number, end: number, before: number): number {
    if (decimalShape(bytes, start, end) >= 0) return this.#numbersIn(bytes, start, end, before);
    const room = roomFor(end - start);
    const length = writeNumber(bytes, start, end, room, 0);
    if (length < 0 || !isJsonNumber(room, 0, length)) return 0;
    const hasPoint = bytes.subarray(start, end).includes(dot);
    if (bytes[start] === plus && !hasPoint && length > maxPlusDigits) return 0;
    return this.#numbersIn(room, 0, length, before);
  }

  #numbersIn(bytes: Uint8Array, start: number, end: number, before: number): number {
    let left = before;
    const shape = decimalShape(bytes, start, end);
    if (shape < 0) {
      const text = textOf(bytes, start, end);
      if (/^-?\d+e\d+$/i.test(text)) this.#exponents++;
      else this.#measures++;
      return left & float;
    }
    if ((left & integer) !== 0 && !isInteger(bytes, start, end)) left &= ~integer;
    const whole = shape >> 16;
    const scale = fractionDigits(bytes, start, end);
    if (scale > 0) this.#measures++;
    this.#wholeDigits = Math.max(this.#wholeDigits, whole);
    this.#scale = Math.max(this.#scale, scale);
    const couldBeGrouped = scale === 0 ? whole <= 3 : scale === 3 && whole <= 3 && !isZeroBeforePoint(bytes, start);
    if (!couldBeGrouped) this.#looksGrouped = false;
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

  #plainType({ points, usesSemicolons }: Habits, isSheet: boolean): InferredType {
    const count = `all ${formatNumber(this.#values)} values are`;
    const first = quoted(this.#first.value);
    const found = (kind: ColumnKind, evidence: string): InferredType => typedAs(kind, 0, evidence);
    if (this.#plain & integer) return found("integer", `${count} whole numbers within 64 bits, such as ${first}`);
    if (this.#plain & decimal) {
      const [whole, scale] = [this.#wholeDigits, this.#scale];
      if (isSheet && whole + scale > maxSheetDigits)
        return found("number", `${count} numbers, some with more than ${maxSheetDigits} digits`);
      // Integers beyond int64 are identifiers rather than amounts, and no schema keyword gives their width.
      if (scale === 0) return textType("whole numbers, some larger than 64 bits, so probably identifiers");
      if (whole + scale > maxDecimalDigits)
        return textType(
          `numbers with up to ${whole} digits before the point and ${scale} after it, more than the 38 that a decimal can have`,
        );
      if (this.#looksGrouped && !isSheet && (points.has(",") || (usesSemicolons && !points.has(".")))) {
        const why = points.has(",") ? "other columns have a decimal comma" : "the cells are separated by semicolons";
        return ambiguous(this.#first, `in ${first} the point may separate thousands, because ${why}`);
      }
      return typedAs("decimal", scale, `${count} decimal numbers with up to ${scale} digits after the point`);
    }
    if (this.#plain & float) {
      if (this.looksLikeIdentifiers) return textType(`values such as ${first} may be numbers with an exponent, but look like identifiers`);
      return found("number", `${count} numbers, some with an exponent, such as ${first}`);
    }
    if (this.#plain & boolean) return found("boolean", `${count} true or false`);
    if (this.#plain & date) return found("date", `${count} dates (YYYY-MM-DD), such as ${first}`);
    if (this.#plain & time) return found("time", `${count} times of day (HH:MM:SS), such as ${first}`);
    return found("date-time", `${count} date-times with a time zone, such as ${first}`);
  }

  #unclearDash(): InferredType {
    const cell = this.#dash ?? this.#exception;
    const found = "the other values are numbers, but this may mean 0 or no value";
    const remedy = `add "-" to null_values if it means no value, or ${setFormat}: in a format with brackets, such as "(1,234.56)", it is 0`;
    return textType(`${quoted(cell.value.trim())} may mean 0 or no value`, { cell, found, remedy });
  }

  #numberType(meanings: readonly NumberReading[], { points }: Habits): InferredType {
    const [point] = points.size === 1 ? points : [];
    const fits = ({ style, point: shown }: NumberReading): boolean => (shown === undefined ? style.point === point : shown === point);
    const known = meanings.length === 1 ? meanings : meanings.filter(fits);
    const [found] = known;
    const value = quoted(this.#exception.value);
    if (found === undefined || known.length > 1)
      return ambiguous(this.#exception, `the separator in ${value} may be for decimals or for thousands, and no value shows which`);
    const { style, wholeDigits, scale } = found;
    const isOnlyGrouped =
      found.point === undefined && this.#exception.value.includes(style.group) && style.group !== "" && style.group !== ",";
    if (isOnlyGrouped && point !== style.point) {
      const found = `${value} may be a number with a thousands separator or an identifier, and no value shows which`;
      return ambiguous(this.#exception, found);
    }
    if (wholeDigits + scale > (scale === 0 ? 18 : maxDecimalDigits))
      return textType(`numbers with ${wholeDigits + scale} digits, such as ${value}, too long for a number type`);
    const format = writeNumberStyle(style, scale);
    const how = meanings.length > 1 ? `; other columns have a decimal ${point === "," ? "comma" : "point"}` : "";
    const evidence = `all ${formatNumber(this.#values)} values are numbers in the format ${format}, such as ${value}${how}`;
    return { ...typedAs(scale === 0 ? "integer" : "decimal", scale, evidence), format };
  }

  #dateType(dates: DateShapes, { orders }: Habits): InferredType {
    const [order] = orders.size === 1 ? orders : [];
    const known = dates.patterns.length === 1 ? dates.patterns : dates.patterns.filter((pattern) => pattern.order === order);
    const [found] = known;
    const value = quoted(this.#exception.value);
    if (found === undefined || known.length > 1)
      return ambiguous(this.#exception, `dates such as ${value}, and no value shows whether the day or the month comes first`);
    if (found.doubt !== undefined) return ambiguous(this.#exception, `${value} may have the format ${found.pattern}, but ${found.doubt}`);
    if (found.kind === "date-time" && !found.pattern.includes("%z") && !this.#hasZone)
      return ambiguous(this.#exception, `times without a time zone, such as ${value}`, "set time_zone to load them as date-times");
    const how =
      dates.patterns.length > 1
        ? `; other columns have the ${order}`
        : dates.proof === undefined
          ? ""
          : `; ${quoted(dates.proof)} shows the order`;
    const evidence = `all ${formatNumber(this.#values)} values have the format ${found.pattern}, such as ${value}${how}`;
    return { ...typedAs(found.kind, 0, evidence), format: found.pattern };
  }
}

/** Text that a setting could give a better type. */
function ambiguous(cell: ExampleCell, found: string, remedy = setFormat): InferredType {
  return textType(`${found}; ${remedy}`, { cell, found, remedy });
}

function familyOf(bits: number): Family {
  if ((bits & numeric) !== 0) return "numbers";
  if ((bits & boolean) !== 0) return "true or false";
  return (bits & date) !== 0 ? "dates" : (bits & time) !== 0 ? "times" : "date-times";
}

const example = (bytes: Uint8Array, start: number, end: number, at: CellPosition | undefined): ExampleCell => ({
  value: textOf(bytes, start, end),
  ...at,
});

const textOf = (bytes: Uint8Array, start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString();

/** A value for a message. */
export const quoted = (value: string): string => JSON.stringify(shorten(value));

let room = new Uint8Array(256);

function roomFor(length: number): Uint8Array {
  if (room.length < length + 32) room = new Uint8Array(2 * length + 32);
  return room;
}

const writeInstant = looseWriter("date-time");

const isLooseInstant = (bytes: Uint8Array, start: number, end: number): boolean => {
  const out = roomFor(end - start);
  const length = writeInstant(bytes, start, end, out, 0);
  return length >= 0 && isInstant(out, 0, length);
};

/** Trailing zeros count: 1.50 has two digits, so that prices keep their scale. */
function fractionDigits(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start; at--) if (bytes[at] === dot) return end - 1 - at;
  return 0;
}

function isZeroBeforePoint(bytes: Uint8Array, start: number): boolean {
  return bytes[bytes[start] === 0x2d ? start + 1 : start] === 0x30;
}
