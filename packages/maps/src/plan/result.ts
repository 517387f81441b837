/** The type of a mapped property: its schema, and how values become JSON text of that type. */
import { type JsonSchema, orderedObject } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { ExpressionError } from "../language/expression-error.ts";
import type { Inferred, ResultType } from "../language/infer.ts";
import { DateOnly, DateTime, dateText, dateTimeText } from "../values/date-time.ts";
import { Decimal, decimalText } from "../values/decimal.ts";
import { floatText } from "../values/numbers.ts";
import { toJson } from "../values/text.ts";
import { Tuple, typeName, type Value } from "../values/value.ts";
import type { MapExpression } from "./expression.ts";

/** The type of a property, as its schema has it; "any" where there are several. */
export function typeOfSchema(schema: JsonSchema | undefined): Inferred | undefined {
  if (schema === undefined) return undefined;
  const types = [schema.type ?? []].flat().filter((type) => type !== "null");
  if (types.length !== 1) return { type: "any" };
  const [type] = types as [ResultType];
  const items = Array.isArray(schema.items) ? undefined : typeOfSchema(schema.items);
  const entries = Object.entries(schema.properties ?? {}).map(
    ([name, child]) => [name, typeOfSchema(child) ?? { type: "any" as const }] as const,
  );
  return {
    type,
    ...(type === "array" && items !== undefined && { items }),
    ...(type === "object" && entries.length > 0 && { entries: new Map(entries) }),
  };
}

/** The declared type, or that of the text, or that of the property of this name; else text, as in the SDK. */
export function typeOfResult({ written: { type }, type: inferred }: MapExpression, existing: JsonSchema | undefined): ResultType {
  if (type !== undefined) return type as ResultType;
  if (inferred !== "any" && inferred !== "null") return inferred;
  return typeOfSchema(existing)?.type ?? "string";
}

export function schemaOfType(type: ResultType): JsonSchema {
  if (type === "any" || type === "null") return {};
  if (type === "date" || type === "date-time") return { type: ["string", "null"], format: type };
  if (type === "object") return { type: [type, "null"], properties: orderedObject([]), additionalProperties: true };
  return { type: [type, "null"], ...(type === "array" && { items: {} }) };
}

/** A value as JSON text. @throws map_type, map_failed */
export function encode(value: Value, type: ResultType, { written }: MapExpression, stream: string): string {
  if (value === null) return "null";
  const text = textOf(value, type, written.what, written.source, stream);
  if (text !== undefined) return text;
  const shown = typeof value === "string" ? "a text" : typeName(value);
  throw errors.map_type({ what: written.what, expression: written.source, type, value: shown }, { stream });
}

const plain = {
  separators: [",", ":"] as const,
  ascii: false,
  sorted: false,
  other: (value: Value) =>
    value instanceof DateTime ? dateTimeText(value) : value instanceof DateOnly ? dateText(value) : unwritable(value),
};

function unwritable(value: Value): never {
  throw new ExpressionError(`a ${typeName(value)} can't be stored: convert it with str(…)`);
}

function textOf(value: Value, type: ResultType, what: string, source: string, stream: string): string | undefined {
  switch (type) {
    case "string":
    case "date":
    case "date-time":
      return typeof value === "string"
        ? JSON.stringify(value)
        : value instanceof DateTime || value instanceof DateOnly
          ? dateJson(value)
          : undefined;
    case "integer":
      return typeof value === "bigint" ? value.toString() : undefined;
    case "number":
      if (typeof value === "number") return Number.isFinite(value) ? floatText(value) : undefined;
      return typeof value === "bigint" ? value.toString() : value instanceof Decimal ? decimalText(value) : undefined;
    case "boolean":
      return typeof value === "boolean" ? String(value) : undefined;
    case "array":
      if (!Array.isArray(value) && !(value instanceof Tuple)) return undefined;
      break;
    case "object":
      if (!(value instanceof Map)) return undefined;
      break;
  }
  try {
    return json(value);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw errors.map_failed({ what, expression: source, problem: error.message, character: undefined }, { stream });
  }
}

const dateJson = (value: DateTime | DateOnly): string => JSON.stringify(value instanceof DateTime ? dateTimeText(value) : dateText(value));

/** Decimals stay numbers, also inside lists. */
function json(value: Value): string {
  if (value instanceof Decimal) return decimalText(value);
  if (value instanceof Tuple) return `[${value.items.map(json).join(",")}]`;
  if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${toJson(keyOf(key), plain)}:${json(item)}`).join(",")}}`;
  return toJson(value, plain);
}

const keyOf = (key: Value): string => (typeof key === "string" ? key : toJson(key, plain));
