/**
 * Checks a value against its schema, keyword by keyword, with numbers by their digits. It decides about rows that Ajv did not accept
 * or can't judge. The schema must be a resolved one. Patterns are never run, formats are ignored.
 */
import { compareDecimals, isExactNumber, isMultipleOf, isObject, isWhole, type JsonSchema, numberText } from "@tapline/protocol";

export interface Finding {
  path: readonly string[];
  /** What should be: "must be integer". */
  expected: string;
  value: unknown;
  /** The types that would fit, where the type is wrong. */
  types?: readonly string[];
  /** A number where the schema declares a date or time. */
  isNumberForTime?: boolean;
  /** The missing property. */
  missing?: string;
}

/** The first problem of a value; undefined where there is none. */
export function judge(schema: JsonSchema, value: unknown): Finding | undefined {
  const wrong = (expected: string): Finding => ({ path: [], expected, value });
  if (schema.type !== undefined) {
    const types = [schema.type].flat();
    if (!types.some((type) => isOfType(value, type))) {
      const isNumberForTime = isOfType(value, "number") && (schema.format === "date-time" || schema.format === "date");
      return { ...wrong(`must be ${types.join(" or ")}`), types, ...(isNumberForTime && { isNumberForTime }) };
    }
  }
  if (schema.enum !== undefined && !schema.enum.some((each) => isSame(each, value)))
    return wrong("must be equal to one of the allowed values");
  if (schema.const !== undefined && !isSame(schema.const, value)) return wrong("must be equal to the one allowed value");
  const expected = judgeSize(schema, value);
  if (expected !== undefined) return wrong(expected);
  return judgeParts(schema, value) ?? judgeChoices(schema, value);
}

/** The bounds as draft 6 writes them. In draft 4, `exclusiveMinimum: true` makes `minimum` the exclusive bound. */
export function boundsOf(schema: JsonSchema): { least?: unknown; above?: unknown; most?: unknown; below?: unknown } {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  return {
    ...(exclusiveMinimum === true ? { above: minimum } : { least: minimum }),
    ...(typeof exclusiveMinimum !== "boolean" && { above: exclusiveMinimum }),
    ...(exclusiveMaximum === true ? { below: maximum } : { most: maximum }),
    ...(typeof exclusiveMaximum !== "boolean" && { below: exclusiveMaximum }),
  };
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "number":
      return typeof value === "number" || isExactNumber(value);
    case "integer":
      return isExactNumber(value) ? isWhole(value.rawJSON) : typeof value === "number" && !(value % 1) && !Number.isNaN(value);
    default:
      return typeof value === type;
  }
}

/** Compares numbers by size, and objects in any order of their fields. */
function isSame(a: unknown, b: unknown): boolean {
  if (isExactNumber(a) || isExactNumber(b)) {
    const [x, y] = [numberText(a), numberText(b)];
    return x !== null && y !== null && compareDecimals(x, y) === 0;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

/** What a number, a text or a list should be, where its size is wrong. */
function judgeSize(schema: JsonSchema, value: unknown): string | undefined {
  if (typeof value === "number" || isExactNumber(value)) {
    const { least, above, most, below } = boundsOf(schema);
    // Written with `!`, for every comparison with NaN is false.
    if (least !== undefined && !(compare(value, least) >= 0)) return `must be >= ${numberText(least)}`;
    if (above !== undefined && !(compare(value, above) > 0)) return `must be > ${numberText(above)}`;
    if (most !== undefined && !(compare(value, most) <= 0)) return `must be <= ${numberText(most)}`;
    if (below !== undefined && !(compare(value, below) < 0)) return `must be < ${numberText(below)}`;
    if (schema.multipleOf === undefined) return undefined;
    const [text, step] = [numberText(value), numberText(schema.multipleOf) as string];
    return text === null || isMultipleOf(text, step) ? undefined : `must be a multiple of ${step}`;
  }
  if (typeof value === "string") return judgeLength(value, schema.minLength, schema.maxLength, "characters");
  return Array.isArray(value) ? judgeLength(value, schema.minItems, schema.maxItems, "items") : undefined;
}

function compare(value: unknown, bound: unknown): number {
  const [x, y] = [numberText(value), numberText(bound)];
  return (isExactNumber(value) || isExactNumber(bound)) && x !== null && y !== null
    ? compareDecimals(x, y)
    : Number(isExactNumber(value) ? value.rawJSON : value) - Number(isExactNumber(bound) ? bound.rawJSON : bound);
}

/** Characters are code points. */
function judgeLength(value: string | unknown[], least: unknown, most: unknown, what: string): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  let length = 0;
  for (const _ of value) length++;
  if (least !== undefined && length < (least as number)) return `must have ${least} ${what} or more`;
  return most !== undefined && length > (most as number) ? `must have ${most} ${what} or less` : undefined;
}

function judgeParts(schema: JsonSchema, value: unknown): Finding | undefined {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isObject(items)) return undefined;
    return firstOf(value, (item, index) => below(String(index), judge(items, item)));
  }
  if (!isObject(value)) return undefined;
  const missing = schema.required?.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return { path: [], expected: `must have the property ${JSON.stringify(missing)}`, value: undefined, missing };
  const { properties = {}, additionalProperties: others } = schema;
  const found = firstOf(Object.entries(properties), ([name, child]) =>
    Object.hasOwn(value, name) ? below(name, judge(child, value[name])) : undefined,
  );
  if (found !== undefined || !mindsOthers(schema)) return found;
  return firstOf(Object.keys(value), (name) => {
    if (Object.hasOwn(properties, name)) return undefined;
    if (others === false) return { path: [name], expected: "must not be there, for additionalProperties is false", value: value[name] };
    return below(name, judge(others as JsonSchema, value[name]));
  });
}

/** Adds a name to the path of a finding. Paths are only built for findings, for most values have none. */
function below(name: string, found: Finding | undefined): Finding | undefined {
  return found && { ...found, path: [name, ...found.path] };
}

/** Whether the schema restricts properties that it doesn't name. With `patternProperties` we can't know which ones it means. */
export function mindsOthers({ additionalProperties: others, patternProperties }: JsonSchema): boolean {
  return (others === false || isObject(others)) && patternProperties === undefined;
}

function judgeChoices({ allOf = [], anyOf, oneOf }: JsonSchema, value: unknown): Finding | undefined {
  const found = firstOf(allOf, (branch) => judge(branch, value));
  if (found !== undefined) return found;
  for (const branches of [anyOf, oneOf]) {
    if (branches === undefined) continue;
    const findings = branches.map((branch) => judge(branch, value));
    const fitting = findings.filter((finding) => finding === undefined).length;
    if (fitting === 0) return nearest(findings as Finding[], value);
    if (fitting > 1 && branches === oneOf)
      return { path: [], expected: `must fit exactly one schema of oneOf, and fits ${fitting}`, value };
  }
  return undefined;
}

/** The finding to report when all branches refuse a value: that of a branch that accepts its type, else all types that are accepted. */
function nearest(findings: readonly Finding[], value: unknown): Finding {
  const others = findings.filter((finding) => finding.types === undefined || finding.path.length > 0);
  if (others.length > 0) return others[0] as Finding;
  const types = [...new Set(findings.flatMap((finding) => finding.types ?? []))];
  const isNumberForTime = findings.some((finding) => finding.isNumberForTime === true);
  return { path: [], expected: `must be ${types.join(" or ")}`, value, types, ...(isNumberForTime && { isNumberForTime }) };
}

function firstOf<T>(list: readonly T[], find: (each: T, index: number) => Finding | undefined): Finding | undefined {
  for (const [index, each] of list.entries()) {
    const found = find(each, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
