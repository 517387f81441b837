/** What a check of rows says about one value: of a row that is an object, and of a cell, without making a value of it. Pure. */
import {
  type CheckOf,
  compareDecimals,
  isExactNumber,
  numberText,
  parseDecimal,
  parsePattern,
  patternMatcher,
  type RowRule,
} from "@tapline/protocol";
import { errors } from "../../errors.ts";
import { type CellChunk, type CellSegment, cellKind } from "../cells/chunk.ts";

export interface ValueRule {
  /** NULL and a field that is left out keep every rule but `not_null`. */
  readonly refusesNull: boolean;
  /** Whether a value that is not NULL breaks the rule. */
  breaks(value: unknown): boolean;
  breaksCell(chunk: CellChunk, cell: number, segment: CellSegment): boolean;
}

/** @throws check_invalid */
export function valueRule(check: CheckOf<Exclude<RowRule, "unique">>): ValueRule {
  switch (check.rule) {
    case "not_null":
      return { refusesNull: true, breaks: () => false, breaksCell: () => false };
    case "accepted_values":
      return acceptedValues(check.values);
    case "range":
      return range(check.min, check.max);
    default: {
      const parsed = parsePattern(check.pattern);
      if ("problem" in parsed) throw errors.check_invalid({ id: check.id, problem: parsed.problem }, { stream: check.stream });
      const matcher = patternMatcher(parsed.node);
      const breaks = (value: unknown): boolean =>
        !matcher.matches(typeof value === "string" ? value : (numberText(value) ?? String(value)));
      return {
        refusesNull: false,
        breaks,
        breaksCell: (chunk, cell, segment) =>
          chunk.kinds[cell] === cellKind.text
            ? !matcher.matchesBytes(segment.bytes, chunk.starts[cell] as number, chunk.ends[cell] as number)
            : breaks(chunk.valueAt(cell, segment)),
      };
    }
  }
}

const powers = Array.from({ length: 16 }, (_, scale) => 10 ** scale);

/** Undefined where the cell is no number that a double holds. */
function numberIn({ kinds, numbers }: CellChunk, cell: number): number | undefined {
  const kind = kinds[cell] as number;
  return kind < cellKind.number ? undefined : (numbers[cell] as number) / (powers[kind - cellKind.number] as number);
}

function acceptedValues(values: readonly (string | number | boolean)[]): ValueRule {
  const texts = new Set(values.filter((value) => typeof value === "string"));
  const spelled = [...texts].map((text) => Buffer.from(text));
  const numbers = new Set(values.filter((value) => typeof value === "number"));
  const breaks = (value: unknown): boolean => {
    if (typeof value === "string") return !texts.has(value);
    const number = numberText(value);
    if (number === null) return !values.some((each) => each === value);
    return ![...numbers].some((each) => parseDecimal(number) !== null && compareDecimals(number, String(each)) === 0);
  };
  return {
    refusesNull: false,
    breaks,
    breaksCell(chunk, cell, segment) {
      const number = numberIn(chunk, cell);
      if (number !== undefined) return !numbers.has(number);
      if (chunk.kinds[cell] !== cellKind.text) return breaks(chunk.valueAt(cell, segment));
      const [start, end] = [chunk.starts[cell] as number, chunk.ends[cell] as number];
      for (const each of spelled) if (each.length === end - start && each.compare(segment.bytes, start, end) === 0) return false;
      return true;
    },
  };
}

type Bound = number | string | undefined;

function range(min: Bound, max: Bound): ValueRule {
  const breaks = (value: unknown): boolean => !isOnSide(value, min, 1) || !isOnSide(value, max, -1);
  const [least, most] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
  if (typeof least !== "number" || typeof most !== "number")
    return { refusesNull: false, breaks, breaksCell: (chunk, cell, segment) => breaks(chunk.valueAt(cell, segment)) };
  return {
    refusesNull: false,
    breaks,
    breaksCell(chunk, cell, segment) {
      const number = numberIn(chunk, cell);
      return number === undefined ? breaks(chunk.valueAt(cell, segment)) : number < least || number > most;
    },
  };
}

/** Numbers are compared by their digits, dates and times as instants, other text by its characters. A value of another kind than the bound is outside. */
function isOnSide(value: unknown, bound: Bound, side: 1 | -1): boolean {
  if (bound === undefined) return true;
  if (typeof bound === "number") {
    const text = typeof value === "string" ? value.trim() : typeof value === "number" || isExactNumber(value) ? numberText(value) : null;
    return text !== null && parseDecimal(text) !== null && compareDecimals(text, String(bound)) * side >= 0;
  }
  if (typeof value !== "string") return false;
  const [instant, limit] = [instantOf(value), instantOf(bound)];
  if (instant !== undefined && limit !== undefined) return (instant - limit) * side >= 0;
  return (value < bound ? -1 : value > bound ? 1 : 0) * side >= 0;
}

/** In milliseconds; a date is its midnight, and what has no zone is in UTC. */
function instantOf(text: string): number | undefined {
  const [, date, time = "00:00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/.exec(text) ?? [];
  const instant = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(instant) ? undefined : instant;
}
