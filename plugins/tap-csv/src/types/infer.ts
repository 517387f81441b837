/**
 * Guesses a column's type from its cells: each cell strikes out what it can't be, and what is left is the type. Where the cells
 * leave two meanings the column stays text, and the evidence says so.
 */
import { formatNumber, type JsonSchema } from "@tapline/sdk";
import { shorten } from "../errors.ts";
import { type ColumnKind, schemaOf } from "./column-type.ts";
import { DateShapes } from "./date-shapes.ts";
import { isNullMarker, type Nulls } from "./null-values.ts";
import { writeNumberStyle } from "./number-format.ts";
import { type NumberReading, NumberShapes } from "./number-shapes.ts";
import { booleanOf, decimalShape, isDate, isInstant, isInteger, isTime, maxDecimalDigits } from "./recognize.ts";

export interface InferredType {
  kind: ColumnKind;
  scale: number;
  schema: JsonSchema;
  /** How values are written, where that isn't the plain way: what `valueFormat` takes. */
  format?: string;
  /** Why, in words. */
  evidence: string;
  /** It would be more than text if someone said how it is written. */
  isDoubtful?: boolean;
}

/** What other columns of the same files show: how this one is read where its own cells don't say. */
export interface Habits {
  points: Set<"." | ",">;
  orders: Set<"day first" | "month first">;
}

/** Types of columns that come from the same files. */
export function inferTypes(guesses: ReadonlyMap<string, ColumnGuess>): Map<string, InferredType> {
  const habits: Habits = { points: new Set(), orders: new Set() };
  for (const guess of guesses.values()) guess.tellHabits(habits);
  return new Map([...guesses].map(([name, guess]) => [name, guess.conclude(habits)]));
}

const [integer, decimal, boolean, date, time, instant] = [1, 2, 4, 8, 16, 32];
const all = integer | decimal | boolean | date | time | instant;

export class ColumnGuess {
  readonly #nulls: Nulls;
  readonly #hasZone: boolean;
  /** Types that all cells fit, as they are written in JSON or ISO 8601. */
  #plain = all;
  #numbers: NumberShapes | undefined;
  #dates: DateShapes | undefined;
  #values = 0;
  #wholeDigits = 0;
  #scale = 0;
  /** All decimals so far could be whole numbers with a point between thousands. */
  #looksGrouped = true;
  #first = "";
  /** The value that the plain types ended with, and the one after which nothing was left. */
  #break = "";
  #end = "";

  /** `hasZone`: times without a zone are in a known one. */
  constructor({ nulls = [], hasZone = false }: { nulls?: Nulls; hasZone?: boolean } = {}) {
    this.#nulls = nulls;
    this.#hasZone = hasZone;
  }

  /** An empty cell, in quotes or not, and one that means null say nothing. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (start === end || (this.#values > 0 && this.isText)) return;
    if (this.#nulls.length > 0 && isNullMarker(this.#nulls, bytes, start, end)) return;
    if (this.#plain !== 0) {
      const before = this.#plain;
      this.#plain = this.#struckOut(bytes, start, end);
      if (this.#values++ === 0) this.#first = textOf(bytes, start, end);
      if (this.#plain !== 0) return;
      this.#break = textOf(bytes, start, end);
      this.#goOn(before);
    } else this.#values++;
    const text = textOf(bytes, start, end);
    if (this.#numbers?.add(text) === false) this.#numbers = undefined;
    if (this.#dates?.add(text) === false) this.#dates = undefined;
    if (this.isText) this.#end = text;
  }

  /** No other cell can change that. */
  get isText(): boolean {
    return this.#plain === 0 && this.#numbers === undefined && this.#dates === undefined;
  }

  tellHabits({ points, orders }: Habits): void {
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
    const before = this.#break === this.#first ? "" : `; before it came values such as ${quoted(this.#first)}`;
    return text(`${quoted(this.#end)} is neither a number nor a date, a time or true or false as the others${before}`);
  }

  #struckOut(bytes: Uint8Array, start: number, end: number): number {
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

  /** The plain types ended with this cell: other ways of writing are left if they take the cells before it too. */
  #goOn(before: number): void {
    if (before === all || (before & decimal) !== 0) {
      this.#numbers = new NumberShapes();
      // What was plain so far showed at most one point a value; one example stands for all of them.
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
      // Whole numbers past int64 are identifiers rather than amounts, and no schema keyword says how wide they are.
      if (scale === 0) return text("whole numbers, some beyond 64 bits: identifiers rather than amounts");
      if (whole + scale > maxDecimalDigits)
        return text(`numbers of up to ${whole} digits before the point and ${scale} after it: more than 38`);
      if (this.#looksGrouped && points.has(","))
        return doubtful(`${quoted(this.#first)} could be thousands, for other columns have a decimal comma; set the column's format`);
      return typed("decimal", scale, `${count} decimal numbers with up to ${scale} digits after the point`);
    }
    if (this.#plain & boolean) return found("boolean", `${count} true or false`);
    if (this.#plain & date) return found("date", `${count} dates (YYYY-MM-DD), such as ${quoted(this.#first)}`);
    if (this.#plain & time) return found("time", `${count} times of day (HH:MM:SS), such as ${quoted(this.#first)}`);
    return found("date-time", `${count} date-times with a zone, such as ${quoted(this.#first)}`);
  }

  #numberType(meanings: readonly NumberReading[], { points }: Habits): InferredType {
    const [point] = points.size === 1 ? points : [];
    const fits = ({ style, point: shown }: NumberReading): boolean => (shown === undefined ? style.point === point : shown === point);
    const known = meanings.length === 1 ? meanings : meanings.filter(fits);
    const [found] = known;
    const example = quoted(this.#break);
    if (found === undefined || known.length > 1) {
      return doubtful(`${example} may have a decimal comma or thousands, and no value shows which; set the column's format`);
    }
    const { style, wholeDigits, scale } = found;
    const isOnlyGrouped = found.point === undefined && this.#break.includes(style.group) && style.group !== ",";
    if (isOnlyGrouped && point !== style.point) {
      return doubtful(`${example} may be a number with thousands or an identifier, and no value shows which; set the column's format`);
    }
    if (wholeDigits + scale > (scale === 0 ? 18 : maxDecimalDigits))
      return text(`numbers of ${wholeDigits + scale} digits, such as ${example}`);
    const format = writeNumberStyle(style, scale);
    const how = meanings.length > 1 ? `; other columns write a ${point === "," ? "comma" : "point"} before decimals` : "";
    const evidence = `all ${formatNumber(this.#values)} values are numbers written ${format}, such as ${example}${how}`;
    return { ...typed(scale === 0 ? "integer" : "decimal", scale, evidence), format };
  }

  #dateType(dates: DateShapes, { orders }: Habits): InferredType {
    const [order] = orders.size === 1 ? orders : [];
    const known = dates.patterns.length === 1 ? dates.patterns : dates.patterns.filter((pattern) => pattern.order === order);
    const [found] = known;
    const example = quoted(this.#break);
    if (found === undefined || known.length > 1) {
      return doubtful(`dates such as ${example}, but no value shows whether day or month comes first; set the column's format`);
    }
    if (found.doubt !== undefined)
      return doubtful(`${example} may be written ${found.pattern}, but ${found.doubt}; set the column's format`);
    if (found.kind === "date-time" && !found.pattern.includes("%z") && !this.#hasZone) {
      return doubtful(`times without a zone, such as ${example}; set time_zone to have them as instants`);
    }
    const how =
      dates.patterns.length > 1
        ? `; other columns have the ${order}`
        : dates.proof === undefined
          ? ""
          : `; ${quoted(dates.proof)} tells the order`;
    const evidence = `all ${formatNumber(this.#values)} values are written ${found.pattern}, such as ${example}${how}`;
    return { ...typed(found.kind, 0, evidence), format: found.pattern };
  }
}

export const stringSchema: JsonSchema = { type: ["null", "string"] };

const text = (evidence: string): InferredType => ({ kind: "string", scale: 0, schema: stringSchema, evidence });

/** Text that a setting could make more of. */
const doubtful = (evidence: string): InferredType => ({ ...text(evidence), isDoubtful: true });

const typed = (kind: ColumnKind, scale: number, evidence: string): InferredType => ({
  kind,
  scale,
  schema: schemaOf({ kind, scale }),
  evidence,
});

const textOf = (bytes: Uint8Array, start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString();

const quoted = (value: string): string => JSON.stringify(shorten(value));

/** As written: 1.50 has two, so that the column shows prices as prices. */
function fractionDigits(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start; at--) if (bytes[at] === 0x2e) return end - 1 - at;
  return 0;
}

function isZeroBeforePoint(bytes: Uint8Array, start: number): boolean {
  return bytes[bytes[start] === 0x2d ? start + 1 : start] === 0x30;
}
