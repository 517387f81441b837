/**
 * The schema of rows that nobody described: made from the values, and widened by those that do not fit. Each column may be null. A text is
 * a date or an instant only where all texts are; what has several types has none.
 */

import { isObject } from "@tapline/protocol";
import { isExactNumber, type JsonSchema, type Row } from "@tapline/sdk";

const anyValue: JsonSchema = {};

export class SchemaGuess {
  #schema: JsonSchema;

  /** @param known what is known of the columns before the first row */
  constructor(known: JsonSchema = {}) {
    this.#schema = { type: "object", properties: { ...known.properties } };
  }

  get schema(): JsonSchema {
    return this.#schema;
  }

  /** Whether the rows did not fit; `schema` then is another one, which they fit. */
  take(rows: readonly Row[]): boolean {
    const before = this.#schema;
    for (const row of rows) this.#schema = merge(this.#schema, ofObject(row, true));
    return this.#schema !== before;
  }
}

/** The schema that rows like these have. */
export function guessSchema(rows: readonly Row[]): JsonSchema {
  const guess = new SchemaGuess();
  guess.take(rows);
  return guess.schema;
}

function ofObject(object: Record<string, unknown>, isRow: boolean): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const [name, value] of Object.entries(object))
    Object.defineProperty(properties, name, { value: ofValue(value), enumerable: true, writable: true, configurable: true });
  return { type: isRow ? "object" : ["null", "object"], properties };
}

function ofValue(value: unknown): JsonSchema {
  if (value === null || value === undefined) return { type: ["null"] };
  if (typeof value === "boolean") return { type: ["null", "boolean"] };
  if (typeof value === "number") return { type: ["null", Number.isInteger(value) ? "integer" : "number"] };
  if (isExactNumber(value)) return { type: ["null", /^-?\d+$/.test(value.rawJSON) ? "integer" : "number"] };
  if (typeof value === "string") return ofText(value);
  if (Array.isArray(value)) {
    const items = value.length === 0 ? undefined : value.map(ofValue).reduce(merge);
    return { type: ["null", "array"], ...(items !== undefined && { items }) };
  }
  return isObject(value) ? ofObject(value, false) : anyValue;
}

function ofText(text: string): JsonSchema {
  const isDay = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text);
  const isInstant = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/.test(text);
  const format = isDay ? "date" : isInstant ? "date-time" : undefined;
  return { type: ["null", "string"], ...(format !== undefined && { format }) };
}

/** `a` itself where `b` adds nothing to it. */
function merge(a: JsonSchema, b: JsonSchema): JsonSchema {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (kindB === undefined || a === anyValue || isAny(a)) return a;
  if (kindA === undefined) return b;
  if (isAny(b)) return anyValue;
  if (kindA !== kindB) {
    const isNumber = (kind: string): boolean => kind === "integer" || kind === "number";
    if (!isNumber(kindA) || !isNumber(kindB)) return anyValue;
    return kindA === "number" ? a : { ...a, type: asNullable("number") };
  }
  if (kindA === "object") return mergeObjects(a, b);
  if (kindA === "array") return mergeItems(a, b);
  if (kindA === "string" && a.format !== undefined && a.format !== b.format) {
    const { format: _, ...plain } = a;
    return plain;
  }
  return a;
}

function mergeObjects(a: JsonSchema, b: JsonSchema): JsonSchema {
  let added: Record<string, JsonSchema> | undefined;
  for (const [name, theirs] of Object.entries(b.properties ?? {})) {
    const ours = Object.hasOwn(a.properties ?? {}, name) ? a.properties?.[name] : undefined;
    const merged = ours === undefined ? theirs : merge(ours, theirs);
    if (merged === ours) continue;
    added ??= { ...a.properties };
    Object.defineProperty(added, name, { value: merged, enumerable: true, writable: true, configurable: true });
  }
  return added === undefined ? a : { ...a, properties: added };
}

function mergeItems(a: JsonSchema, b: JsonSchema): JsonSchema {
  const [ours, theirs] = [a.items as JsonSchema | undefined, b.items as JsonSchema | undefined];
  if (theirs === undefined) return a;
  const merged = ours === undefined ? theirs : merge(ours, theirs);
  return merged === ours ? a : { ...a, items: merged };
}

/** The type beside null; undefined: only null. */
function kindOf({ type }: JsonSchema): string | undefined {
  return type === undefined ? "any" : typeof type === "string" ? (type === "null" ? undefined : type) : type.find((one) => one !== "null");
}

const isAny = (schema: JsonSchema): boolean => schema.type === undefined;

const asNullable = (type: string): string[] => ["null", type];
