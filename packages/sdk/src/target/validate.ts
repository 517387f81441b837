/**
 * Rows against their schema, by Ajv compiled once a schema. Only keywords that are cheap and safe are kept: patterns are
 * never run, references never followed, formats and multipleOf are the target's to check exactly when it converts.
 */
import { approximate, type JsonSchema, type Row } from "@tapline/protocol";
import type { Ajv2020 } from "ajv/dist/2020.js";
import { newAjv } from "../ajv.ts";

export interface Problem {
  /** The column, when one is to blame. */
  column?: string;
  problem: string;
  /** What the value is, cut short: `a string ("abc")`. */
  value: string;
}

/** One for all streams: making an instance costs more than compiling a schema. */
let ajv: Ajv2020 | undefined;

/** Returns undefined for a row that fits, else its first problem. */
export function rowValidator(schema: JsonSchema): (row: Row) => Problem | undefined {
  ajv ??= newAjv({ strictNumbers: false, validateFormats: false, logger: false });
  const validate = ajv.compile(safe({ ...schema, type: "object" }, 0));
  return (row) => {
    // Exact numbers are objects to Ajv: only a row that fails pays for a second look with plain ones.
    if (validate(row) || validate(approximate(row))) return undefined;
    const error = validate.errors?.[0];
    const path = (error?.instancePath ?? "")
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const column = path[0] === "" ? (error?.params.missingProperty as string | undefined) : path[0];
    const value = path[0] === "" ? (column === undefined ? row : undefined) : path.reduce<unknown>((at, key) => (at as Row)?.[key], row);
    const expected = error?.keyword === "type" ? `must be ${[error.params.type].flat().join(" or ")}` : (error?.message ?? "is not valid");
    return { ...(column === undefined ? {} : { column }), problem: `${path.join(".") || "it"} ${expected}`, value: describeValue(value) };
  };
}

/** A value for a message: its JSON type and, cut to 40 characters, itself. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "rawJSON" in value ? `the number ${cut(String(value.rawJSON))}` : "an object";
  return typeof value === "string" ? `the string ${JSON.stringify(cut(value))}` : `the ${typeof value} ${cut(String(value))}`;
}

const cut = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const plain = [
  "type",
  "enum",
  "const",
  "required",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "additionalProperties",
];
const deepest = 50;

/** The schema with only the keywords above, draft 4's boolean exclusive bounds left out, nested schemas cleaned the same way. */
function safe(schema: JsonSchema | boolean, depth: number): JsonSchema | boolean {
  if (typeof schema !== "object" || schema === null || depth > deepest) return true;
  const kept: JsonSchema = {};
  for (const keyword of plain) {
    const value = schema[keyword];
    if (value === undefined || (keyword === "additionalProperties" && typeof value === "object")) continue;
    if (keyword === "required" ? Array.isArray(value) : true) kept[keyword] = value;
  }
  if (typeof schema.exclusiveMinimum === "number") kept.exclusiveMinimum = schema.exclusiveMinimum;
  if (typeof schema.exclusiveMaximum === "number") kept.exclusiveMaximum = schema.exclusiveMaximum;
  if (schema.properties) {
    const properties: Record<string, JsonSchema> = {};
    for (const [name, child] of Object.entries(schema.properties)) {
      Object.defineProperty(properties, name, { value: safe(child, depth + 1), enumerable: true });
    }
    kept.properties = properties;
  }
  if (schema.items && !Array.isArray(schema.items)) kept.items = safe(schema.items, depth + 1) as JsonSchema;
  for (const keyword of ["anyOf", "oneOf", "allOf"] as const) {
    if (Array.isArray(schema[keyword])) kept[keyword] = schema[keyword].map((child) => safe(child, depth + 1) as JsonSchema);
  }
  return kept;
}
