/**
 * Values that a column refuses as they were sent, changed into ones that it takes, where that loses nothing or the user chose it. Only
 * columns that refused a value are repaired, so that usual values cost nothing. Pure.
 */
import { type ExactNumber, isExactNumber, isObject } from "@tapline/protocol";
import { type ColumnType, elementsOf } from "../types/column-type.ts";
import { type Clock, readDate, readInstant, readTime } from "./calendar.ts";
import { digitsOf } from "./digits.ts";
import { epochText } from "./epoch.ts";
import { Refusal } from "./refusal.ts";
import { type OnCut, usualInstant, usualTime } from "./time-forms.ts";
import type { ValueRules } from "./value-rules.ts";

/** Called where something of the value is lost, with the kind of `Tolerated`. */
export type OnLoss = (kind: string) => void;

/** Returns the value itself where it can't be repaired or needs no repair. @throws Refusal */
export type Repair = (value: unknown, onLoss: OnLoss) => unknown;

export interface Repairs {
  repair: Repair;
  /** The column takes some of these values, so it is not enough to look at those that it refuses. */
  isForEach: boolean;
}

/** `isKey`: the values must stay distinct; `isRequired`: NULL is refused. Undefined where values of the type can't be repaired. */
export function repairsFor(
  type: ColumnType,
  rules: ValueRules,
  { isKey, isRequired }: { isKey: boolean; isRequired: boolean },
): Repairs | undefined {
  const time = (usual: (text: string, onCut: OnCut) => string, isValid: (text: string) => boolean, takesEpochs = true): Repairs => ({
    repair: timeRepair(
      usual,
      isValid,
      { ...rules, ...(isRequired && { onBadTime: "fail" }), ...(!takesEpochs && { epochTimes: undefined }) },
      isKey,
    ),
    isForEach: false,
  });
  switch (type.kind) {
    case "timestamp":
    case "timestamptz":
      return time(usualInstant, (text) => readInstant(text, scratch));
    case "date":
      return time(usualInstant, (text) => readDate(text) !== undefined);
    case "time":
      return time(usualTime, (text) => readTime(text, scratch) > 0, false);
    case "varchar":
      return nulRepairs(rules, (value, clean) => (typeof value === "string" ? clean(value) : value));
    case "json": {
      const elements = elementsOf(type);
      const inner = elements === undefined ? undefined : repairsFor(elements, rules, { isKey: false, isRequired: false });
      if (inner !== undefined)
        return { ...inner, repair: (value, onLoss) => (Array.isArray(value) ? value.map((each) => inner.repair(each, onLoss)) : value) };
      return elements === undefined ? both(nulRepairs(rules, cleanJson), digitRepairs(type)) : undefined;
    }
    default:
      return undefined;
  }
}

const scratch: Clock = { seconds: 0, micros: 0 };

function timeRepair(
  usual: (text: string, onCut: OnCut) => string,
  isValid: (text: string) => boolean,
  { epochTimes, onBadTime }: ValueRules,
  isKey: boolean,
): Repair {
  return (value, onLoss) => {
    let isCut = false;
    let text = value;
    if (typeof value === "string") {
      text = usual(value, () => {
        isCut = true;
      });
    } else if (epochTimes !== undefined && (typeof value === "number" || isExactNumber(value))) {
      const epoch = epochText(value, epochTimes);
      isCut = epoch?.isCut === true;
      text = epoch?.text ?? String(isExactNumber(value) ? value.rawJSON : value);
    }
    // Two keys that differ in the digits that were cut would become one.
    if (isCut && isKey) throw new Refusal("fraction_too_fine");
    if (onBadTime === "null" && typeof text === "string" && !isTaken(text, isValid)) {
      onLoss("time_nulled");
      return null;
    }
    if (isCut) onLoss("fraction_cut");
    return text;
  };
}

function isTaken(text: string, isValid: (text: string) => boolean): boolean {
  try {
    return isValid(text);
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

type Clean = (text: string) => string;

function nulRepairs({ nulCharacters }: ValueRules, cleaned: (value: unknown, clean: Clean) => unknown): Repairs | undefined {
  if (nulCharacters === undefined) return undefined;
  const repair: Repair = (value, onLoss) => {
    let isFound = false;
    const clean: Clean = (text) => {
      if (!text.includes("\0")) return text;
      if (nulCharacters === "fail") throw new Refusal("nul_character");
      isFound = true;
      return text.replaceAll("\0", nulCharacters === "remove" ? "" : "\ufffd");
    };
    const result = cleaned(value, clean);
    if (!isFound) return value;
    onLoss(nulCharacters === "remove" ? "nul_removed" : "nul_replaced");
    return result;
  };
  return { repair, isForEach: true };
}

function both(first: Repairs | undefined, second: Repairs | undefined): Repairs | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return {
    repair: (value, onLoss) => second.repair(first.repair(value, onLoss), onLoss),
    isForEach: first.isForEach || second.isForEach,
  };
}

/** Numbers within JSON that the database would round become the text of their digits. */
function digitRepairs(type: ColumnType): Repairs | undefined {
  const most = "mostDigits" in type ? type.mostDigits : undefined;
  if (most === undefined) return undefined;
  const isRounded = (value: ExactNumber): boolean => {
    const digits = digitsOf(value);
    return digits === null || digits.whole + digits.scale > most || digits.scale >= most;
  };
  const repair: Repair = (value, onLoss) => {
    const result = withoutDeep(() => withTexts(value, isRounded));
    if (result !== value) onLoss("number_text");
    return result;
  };
  return { repair, isForEach: true };
}

/** The value itself where none of its numbers is one of those. */
function withTexts(value: unknown, isText: (number: ExactNumber) => boolean): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isExactNumber(value)) return isText(value) ? value.rawJSON : value;
  const before = Object.entries(value);
  const after = before.map(([name, each]) => [name, withTexts(each, isText)] as const);
  if (after.every(([, each], index) => each === before[index]?.[1])) return value;
  return Array.isArray(value) ? after.map(([, each]) => each) : Object.fromEntries(after);
}

/** @throws Refusal nul_character where two names of an object would become one, nested_too_deep */
function cleanJson(value: unknown, clean: Clean): unknown {
  return withoutDeep(() => cleanNested(value, clean));
}

/** @throws Refusal nested_too_deep */
function withoutDeep<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal("nested_too_deep");
    throw error;
  }
}

function cleanNested(value: unknown, clean: Clean): unknown {
  if (typeof value === "string") return clean(value);
  if (Array.isArray(value)) return value.map((each) => cleanNested(each, clean));
  if (!isObject(value) || isExactNumber(value)) return value;
  const entries = Object.entries(value).map(([name, each]) => [clean(name), cleanNested(each, clean)] as const);
  const names = new Set(entries.map(([name]) => name));
  if (names.size < entries.length) throw new Refusal("nul_character");
  return Object.fromEntries(entries);
}
