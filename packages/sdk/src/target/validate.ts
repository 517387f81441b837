/**
 * Validates rows. Ajv, compiled once for each schema, accepts nearly all rows fast. A row that it does not accept, or that has numbers
 * no double holds, is judged keyword by keyword. Only cheap and safe keywords are used: patterns are never run, references never
 * followed, and formats are checked where a column is made of them.
 */
import { approximate, isExactNumber, type JsonSchema, numberText, type Row } from "@tapline/protocol";
import type { Ajv2020 } from "ajv/dist/2020.js";
import { newAjv } from "../ajv.ts";
import { boundsOf, judge, mindsOthers } from "./judge.ts";
import { deletedAtColumn, isDeleteRecord } from "./metadata.ts";

export interface Problem {
  /** The column with the problem, where there is one. */
  column?: string;
  problem: string;
  /** The value, cut short: `a string ("abc")`. */
  value: string;
  /** A number where the schema declares a date or time. */
  isNumberForTime?: boolean;
}

/** Returns the first problem of a row; undefined for a row that fits. `mayHoldExact`: its values may include exact numbers. */
export type RowValidator = (row: Row, mayHoldExact: boolean) => Problem | undefined;

/** As `RowValidator`; `unchanged`: properties that the row need not have. */
export type RecordValidator = (row: Row, mayHoldExact: boolean, unchanged?: readonly string[]) => Problem | undefined;

/**
 * As `rowValidator`; but a record that deletes the row of its key needs no other property, and may have null in any.
 * @param schema a resolved one
 */
export function recordValidator(schema: JsonSchema): RecordValidator {
  const problemOf = rowValidator(schema);
  let problemOfDelete: RowValidator | undefined;
  const { properties = {}, required } = schema;
  return (row, mayHoldExact, unchanged = []) => {
    const problem = problemOf(row, mayHoldExact);
    if (problem === undefined) return undefined;
    if (isDeleteRecord(row)) {
      problemOfDelete ??= rowValidator({
        ...schema,
        required: undefined,
        properties: { ...properties, [deletedAtColumn]: properties[deletedAtColumn] ?? {} },
      });
      return problemOfDelete(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)), mayHoldExact);
    }
    if (unchanged.length === 0) return problem;
    return problemIn({ ...schema, type: "object", required: required?.filter((name) => !unchanged.includes(name)) }, row);
  };
}

/** @param schema a resolved one */
export function rowValidator(schema: JsonSchema): RowValidator {
  const whole = { ...schema, type: "object" };
  const accepts = acceptor(whole);
  const acceptsExact = exactAcceptor(whole, accepts);
  return (row, mayHoldExact) => ((mayHoldExact ? acceptsExact(row) : accepts(row)) ? undefined : problemIn(whole, row));
}

function problemIn(schema: JsonSchema, row: Row): Problem | undefined {
  const found = judge(schema, row);
  if (found === undefined) return undefined;
  const { path, expected, value, missing, isNumberForTime } = found;
  const column = path[0] ?? missing;
  return {
    ...(column !== undefined && { column }),
    problem: `${path.join(".") || "it"} ${expected}`,
    value: describeValue(value),
    ...(isNumberForTime && { isNumberForTime }),
  };
}

/**
 * Describes a value for a message: its JSON type and the value itself, cut to 40 characters.
 * @example describeValue("abc") // 'the string "abc"'
 */
export function describeValue(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "rawJSON" in value ? `the number ${shorten(String(value.rawJSON))}` : "an object";
  return typeof value === "string" ? `the string ${JSON.stringify(shorten(value))}` : `the ${typeof value} ${shorten(String(value))}`;
}

/** Cuts a text to 40 characters. */
export const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Shared by all streams: creating an instance costs more than compiling a schema. */
let ajv: Ajv2020 | undefined;

/** Accepts only rows in which `judge` finds nothing; a refusal means nothing. Rows must have no exact numbers. */
function acceptor(schema: JsonSchema): (row: Row) => boolean {
  const quick = forAjv(schema);
  if (quick === undefined) return () => false;
  ajv ??= newAjv({ strictNumbers: false, validateFormats: false, logger: false });
  const parts = inParts(quick).map((part) => (ajv as Ajv2020).compile(part));
  return parts.length === 1 ? (parts[0] as (row: Row) => boolean) : (row) => parts.every((accepts) => accepts(row));
}

/** Ajv nests the code of each property in that of the one before, and with about 1,500 the stack overflows. So a row is checked in parts. */
const mostProperties = 200;

function inParts(schema: JsonSchema): JsonSchema[] {
  const { properties = {}, ...rest } = schema;
  const all = Object.entries(properties);
  if (all.length <= mostProperties) return [schema];
  // This part needs only the names, to know which properties are additional.
  const parts: JsonSchema[] = [{ ...rest, properties: Object.fromEntries(all.map(([name]) => [name, {}])) }];
  for (let at = 0; at < all.length; at += mostProperties)
    parts.push({ type: "object", properties: Object.fromEntries(all.slice(at, at + mostProperties)) });
  return parts;
}

/** Accepts rows with exact numbers too: Ajv checks the nearest doubles, `judge` the fields with such numbers. */
function exactAcceptor(schema: JsonSchema, accepts: (row: Row) => boolean): (row: Row) => boolean {
  const { properties = {}, additionalProperties: others } = schema;
  // These keywords are about the row as a whole, so checking single fields is not enough.
  if ([schema.enum, schema.const, schema.anyOf, schema.oneOf, schema.allOf].some((keyword) => keyword !== undefined)) return () => false;
  const schemaOf = (name: string): JsonSchema | undefined =>
    Object.hasOwn(properties, name) ? properties[name] : isObjectOrList(others) && mindsOthers(schema) ? others : undefined;
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
  if (!isObjectOrList(value)) return false;
  return isExactNumber(value) || Object.values(value).some(holdsExact);
}

/** The schema with only the keywords that `judge` checks, and bounds that doubles hold; undefined where Ajv might accept a wrong row. */
function forAjv(schema: JsonSchema): JsonSchema | undefined {
  let isSafe = true;
  const quick = (schema: JsonSchema, isInOneOf: boolean): JsonSchema => {
    const { type, enum: values, const: value, required, properties, items, minLength, maxLength, minItems, maxItems, multipleOf } = schema;
    const inner = (child: JsonSchema): JsonSchema => quick(child, isInOneOf);
    // Ajv compares objects by their valueOf and reads inherited fields.
    const names = [...Object.keys(properties ?? {}), ...(required ?? [])];
    if ([value, ...(values ?? [])].some(isObjectOrList) || names.some((name) => name in Object.prototype)) isSafe = false;
    // A tighter bound refuses more, and where two schemas of a oneOf fit, refusing one accepts the value.
    if (isInOneOf && Object.values(boundsOf(schema)).some(isExactNumber)) isSafe = false;
    const kept = { type, enum: values, const: value, required, minLength, maxLength, minItems, maxItems, multipleOf, ...doubles(schema) };
    const { anyOf, oneOf, allOf } = schema;
    return withoutUndefined({
      ...kept,
      properties: properties && Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, inner(child)])),
      items: isObjectOrList(items) && !Array.isArray(items) ? inner(items) : undefined,
      additionalProperties: mindsOthers(schema)
        ? isObjectOrList(schema.additionalProperties) && inner(schema.additionalProperties)
        : undefined,
      anyOf: anyOf?.map(inner),
      oneOf: oneOf?.map((child) => quick(child, true)),
      allOf: allOf?.map(inner),
    });
  };
  const whole = quick(schema, false);
  return isSafe ? whole : undefined;
}

/** A bound that no double holds becomes an exclusive bound at the nearest double: any other double is on the same side of both. */
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
const isObjectOrList = <T>(value: T): value is T & object => typeof value === "object" && value !== null;

function withoutUndefined(schema: Record<string, unknown>): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
