/**
 * Rows against their schema. Ajv, compiled once a schema, accepts nearly all of them fast; a row it does not accept, or one with
 * numbers that no double holds, is judged keyword by keyword. Only keywords that are cheap and safe are kept: patterns are never
 * run, references never followed, and formats are looked at where a column is made of them.
 */
import { approximate, isExactNumber, type JsonSchema, numberText, type Row } from "@tapline/protocol";
import type { Ajv2020 } from "ajv/dist/2020.js";
import { newAjv } from "../ajv.ts";
import { boundsOf, judge, mindsOthers } from "./judge.ts";

export interface Problem {
  /** The column, when one is to blame. */
  column?: string;
  problem: string;
  /** What the value is, cut short: `a string ("abc")`. */
  value: string;
}

/** The first problem of a row; undefined for one that fits. `mayHoldExact`: exact numbers may be among its values. */
export type RowValidator = (row: Row, mayHoldExact: boolean) => Problem | undefined;

/** `schema`: a resolved one. */
export function rowValidator(schema: JsonSchema): RowValidator {
  const whole = { ...schema, type: "object" };
  const accepts = acceptor(whole);
  const acceptsExact = exactAcceptor(whole, accepts);
  return (row, mayHoldExact) => {
    if (mayHoldExact ? acceptsExact(row) : accepts(row)) return undefined;
    const found = judge(whole, row);
    if (found === undefined) return undefined;
    const { path, expected, value, missing } = found;
    const column = path[0] ?? missing;
    return { ...(column === undefined ? {} : { column }), problem: `${path.join(".") || "it"} ${expected}`, value: describeValue(value) };
  };
}

/**
 * A value for a message: its JSON type and, cut to 40 characters, itself.
 * @example describeValue("abc") // 'the string "abc"'
 */
export function describeValue(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "rawJSON" in value ? `the number ${cut(String(value.rawJSON))}` : "an object";
  return typeof value === "string" ? `the string ${JSON.stringify(cut(value))}` : `the ${typeof value} ${cut(String(value))}`;
}

const cut = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** One for all streams: making an instance costs more than compiling a schema. */
let ajv: Ajv2020 | undefined;

/** Says yes only to what `judge` finds nothing in; a no means nothing. Rows must be without exact numbers. */
function acceptor(schema: JsonSchema): (row: Row) => boolean {
  const quick = forAjv(schema);
  if (quick === undefined) return () => false;
  ajv ??= newAjv({ strictNumbers: false, validateFormats: false, logger: false });
  const parts = inParts(quick).map((part) => (ajv as Ajv2020).compile(part));
  return parts.length === 1 ? (parts[0] as (row: Row) => boolean) : (row) => parts.every((accepts) => accepts(row));
}

/** Ajv nests the code of each property in that of the one before, and from some 1,500 on the stack runs out: a row is checked part by part. */
const mostProperties = 200;

function inParts(schema: JsonSchema): JsonSchema[] {
  const { properties = {}, ...rest } = schema;
  const all = Object.entries(properties);
  if (all.length <= mostProperties) return [schema];
  // It needs the names alone, to know which properties are additional ones.
  const parts: JsonSchema[] = [{ ...rest, properties: Object.fromEntries(all.map(([name]) => [name, {}])) }];
  for (let at = 0; at < all.length; at += mostProperties)
    parts.push({ type: "object", properties: Object.fromEntries(all.slice(at, at + mostProperties)) });
  return parts;
}

/** Takes rows with exact numbers too: Ajv looks at the nearest doubles, `judge` at the fields that have such numbers. */
function exactAcceptor(schema: JsonSchema, accepts: (row: Row) => boolean): (row: Row) => boolean {
  const { properties = {}, additionalProperties: others } = schema;
  // What is said of a row as a whole is not said of one field.
  if ([schema.enum, schema.const, schema.anyOf, schema.oneOf, schema.allOf].some((keyword) => keyword !== undefined)) return () => false;
  const schemaOf = (name: string): JsonSchema | undefined =>
    Object.hasOwn(properties, name) ? properties[name] : isObject(others) && mindsOthers(schema) ? others : undefined;
  return (row) => {
    const exact = Object.keys(row).filter((name) => holdsExact(row[name]));
    if (exact.length === 0) return accepts(row);
    return (
      accepts(approximate(row)) &&
      exact.every((name) => {
        const part = schemaOf(name);
        return part === undefined || judge(part, row[name]) === undefined;
      })
    );
  };
}

function holdsExact(value: unknown): boolean {
  if (!isObject(value)) return false;
  return isExactNumber(value) || Object.values(value).some(holdsExact);
}

/** The schema with only the keywords that `judge` looks at, and bounds that doubles hold; undefined where Ajv might say yes wrongly. */
function forAjv(schema: JsonSchema): JsonSchema | undefined {
  let isSafe = true;
  const quick = (schema: JsonSchema, isInOneOf: boolean): JsonSchema => {
    const { type, enum: values, const: value, required, properties, items, minLength, maxLength, minItems, maxItems, multipleOf } = schema;
    const inner = (child: JsonSchema): JsonSchema => quick(child, isInOneOf);
    // Ajv compares objects by their own valueOf, and reads fields that are inherited.
    const names = [...Object.keys(properties ?? {}), ...(required ?? [])];
    if ([value, ...(values ?? [])].some(isObject) || names.some((name) => name in Object.prototype)) isSafe = false;
    // A tighter bound is a no too many, which makes a yes of two schemas that fit.
    if (isInOneOf && Object.values(boundsOf(schema)).some(isExactNumber)) isSafe = false;
    const kept = { type, enum: values, const: value, required, minLength, maxLength, minItems, maxItems, multipleOf, ...doubles(schema) };
    const { anyOf, oneOf, allOf } = schema;
    return withoutUndefined({
      ...kept,
      properties: properties && Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, inner(child)])),
      items: isObject(items) && !Array.isArray(items) ? inner(items) : undefined,
      additionalProperties: mindsOthers(schema) ? isObject(schema.additionalProperties) && inner(schema.additionalProperties) : undefined,
      anyOf: anyOf?.map(inner),
      oneOf: oneOf?.map((child) => quick(child, true)),
      allOf: allOf?.map(inner),
    });
  };
  const whole = quick(schema, false);
  return isSafe ? whole : undefined;
}

/** A bound that no double holds becomes one that the nearest double does not fit itself: a number beside it is on the same side of both. */
function doubles(schema: JsonSchema): JsonSchema {
  const { least, above, most, below } = boundsOf(schema);
  const edges = (...bounds: unknown[]): number[] => bounds.filter((bound) => bound !== undefined).map((bound) => Number(numberText(bound)));
  const [over, under] = [edges(above, exactOnly(least)), edges(below, exactOnly(most))];
  return withoutUndefined({
    minimum: isExactNumber(least) ? undefined : least,
    maximum: isExactNumber(most) ? undefined : most,
    exclusiveMinimum: over.length === 0 ? undefined : Math.max(...over),
    exclusiveMaximum: under.length === 0 ? undefined : Math.min(...under),
  });
}

const exactOnly = (bound: unknown): unknown => (isExactNumber(bound) ? bound : undefined);
const isObject = <T>(value: T): value is T & object => typeof value === "object" && value !== null;

function withoutUndefined(schema: Record<string, unknown>): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
