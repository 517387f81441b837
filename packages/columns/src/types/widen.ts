/**
 * Which column takes which values, and what a column becomes when it can't: smallint -> integer -> bigint -> hugeint -> a decimal -> text,
 * dates to instants, anything that meets objects to JSON. Old values keep their digits. Pure.
 */
import { type Digits, digitsOf, moreDigits } from "../values/digits.ts";
import { type ColumnType, elementsOf, type IntegerKind, integerDigits, isInteger, isMoney, isNumber, shapeOf } from "./column-type.ts";
import type { TypeRules } from "./type-rules.ts";

export type WideningRules = Pick<TypeRules, "spellings" | "maxPrecision" | "maxScale" | "plainDecimal">;

/** Whether a column of `present` takes each value of `wanted` exactly or refuses that value alone. */
export function isTakenBy(wanted: ColumnType, present: ColumnType): boolean {
  if (wanted.kind === present.kind) return true;
  switch (present.kind) {
    case "varchar":
      return present.labels === undefined && present.isChecked !== true;
    case "interval":
      return wanted.kind === "varchar";
    case "json":
      return elementsOf(present) === undefined;
    case "uuid":
      return wanted.kind === "varchar";
    case "timestamptz":
    case "timestamp":
      return ["timestamptz", "timestamp", "date"].includes(wanted.kind);
    default:
      if (isMoney(present) && wanted.kind === "varchar") return true;
      return isNumber(present) && isNumber(wanted) && (isInteger(wanted) || !isInteger(present));
  }
}

/**
 * What a column becomes so that it takes `wanted` too; null where only a second column can. `stored`: the most digits of the values in
 * it. Where that is undefined and needed, which is when integers become doubles, the answer is "measure".
 */
export function widened(
  present: ColumnType,
  wanted: ColumnType,
  stored: Digits | null | undefined,
  rules: WideningRules,
): ColumnType | null | "measure" {
  if (isTakenBy(wanted, present)) return present;
  if (isInteger(present) && isNumber(wanted)) {
    if (rules.spellings.numeric !== null) return { kind: "numeric" };
    if (stored === undefined) return "measure";
    return forDigits(stored ?? { whole: 0, scale: 0 }, wanted, rules);
  }
  if (present.kind === "binary" || wanted.kind === "binary") return null;
  if (wanted.kind === "json") return { kind: "json" };
  return present.kind === "date" && (wanted.kind === "timestamptz" || wanted.kind === "timestamp") ? wanted : { kind: "varchar" };
}

/** A double keeps any 15 digits. */
const doubleDigits = 15;

/** Integers of so many digits get the type of the stream's numbers, where that holds them. */
function forDigits({ whole }: Digits, wanted: ColumnType, { maxPrecision, plainDecimal }: WideningRules): ColumnType {
  if (whole > maxPrecision) return { kind: "varchar" };
  if (wanted.kind === "double" && whole > doubleDigits) return withRoom(plainDecimal, maxPrecision - whole);
  if (wanted.kind !== "decimal" || wanted.precision - wanted.scale >= whole) return wanted;
  return whole + wanted.scale <= maxPrecision ? { ...wanted, precision: maxPrecision } : { kind: "varchar" };
}

/** Lowers the undeclared scale so that the integer digits fit. */
function withRoom(decimal: ColumnType, mostScale: number): ColumnType {
  return decimal.kind === "decimal" ? { ...decimal, scale: Math.min(decimal.scale, mostScale) } : decimal;
}

/**
 * The type that also holds values that the column refused. `values`: those, and the others of their batch; `stored`: the most digits of
 * the values in the column, null where some are no decimals.
 */
export function widenedFor(present: ColumnType, values: readonly unknown[], stored: Digits | null, rules: WideningRules): ColumnType {
  if (shapeOf(present) !== undefined) return { kind: "json" };
  const hasNumeric = rules.spellings.numeric !== null;
  // It takes NaN and infinities, and refuses only digits that no number of the database can have.
  if (hasNumeric && present.kind === "numeric") return { kind: "varchar" };
  const needed = values.map((value) => (hasNumeric && typeof value === "number" && !Number.isFinite(value) ? none : digitsOf(value)));
  if (!isNumber(present) || stored === null || needed.includes(null)) return { kind: "varchar" };
  const digits = (needed as Digits[]).reduce(moreDigits, stored);
  const integer = isInteger(present) && digits.scale === 0 ? wideInteger(present.kind as IntegerKind, digits.whole, rules) : undefined;
  if (integer !== undefined) return integer;
  if (hasNumeric) return { kind: "numeric" };
  const fits = digits.whole + digits.scale <= rules.maxPrecision && digits.scale <= (rules.maxScale ?? rules.maxPrecision);
  return fits ? { kind: "decimal", precision: rules.maxPrecision, scale: digits.scale } : { kind: "varchar" };
}

const none: Digits = { whole: 0, scale: 0 };

/** The narrowest wider type, of at least 64 bits as streams send, that holds every integer of so many digits. */
function wideInteger(present: IntegerKind, whole: number, { spellings }: WideningRules): ColumnType | undefined {
  const kinds = Object.keys(integerDigits) as IntegerKind[];
  const wider = kinds.slice(kinds.indexOf(present) + 1).filter((kind) => spellings[kind] !== null);
  const kind = wider.find((each) => integerDigits[each] >= Math.max(whole, integerDigits.bigint));
  return kind === undefined ? undefined : { kind };
}
