/**
 * A stream's schema as those who work by it need it: each `$ref` into the document replaced by what it means, and every keyword
 * of the form its name promises. What can't be understood is left out and told, for a schema comes from whoever wrote the tap.
 * Nothing outside the document is ever fetched, and a schema that refers to itself ends where it would begin again.
 */
import type { Position } from "../position.ts";
import { protocolErrors } from "./errors.ts";
import { isExactNumber, isObject } from "./json.ts";
import type { JsonSchema } from "./message.ts";
import { orderedEntries, orderedObject } from "./property-order.ts";

/** Schemas within schemas; deeper ones allow anything. */
const deepest = 50;
/** Schemas that references may add, so that a few lines can't ask for more memory than there is. */
const mostInlined = 100_000;

export interface ResolvedSchema {
  /** Without `$ref`, `definitions` and `$defs`. */
  schema: JsonSchema;
  ignored: IgnoredKeyword[];
}

/** A keyword that was left out: a `$ref` that leads nowhere in the document, or a value that means nothing there. */
export interface IgnoredKeyword {
  keyword: string;
  value: unknown;
  /** JSON pointer of the schema it stood in; "" is the whole. */
  at: string;
}

/**
 * Keywords beside a `$ref` win over those it stands for, property by property. An `allOf` in which all but one part only
 * describe is that part. @throws schema_too_large
 */
export function resolveSchema(document: JsonSchema, position: Position = {}): ResolvedSchema {
  const ignored: IgnoredKeyword[] = [];
  /** The schemas around the one at hand, the way it was come to. */
  const around = new Set<object>();
  let inlined = 0;

  const resolve = (schema: unknown, at: string, isInlined: boolean): JsonSchema => {
    if (!isObject(schema) || around.has(schema) || around.size >= deepest) return {};
    if (isInlined && ++inlined > mostInlined) throw protocolErrors.schema_too_large({ limit: mostInlined }, position);
    around.add(schema);
    const { $ref: reference, definitions: _, $defs: __, ...own } = schema;
    const entries = Object.entries(own).flatMap(([keyword, value]) => {
      const form = forms.get(keyword);
      if (form === undefined) return [[keyword, value]];
      // Many taps say so that they say nothing.
      if (value === null) return [];
      if (form(value)) return [[keyword, within(value, keyword, `${at}/${keyword}`, isInlined)]];
      ignored.push({ keyword, value, at });
      return [];
    });
    const resolved = merge(referred(reference, at), Object.fromEntries(entries));
    around.delete(schema);
    return withoutIdleParts(resolved);
  };

  /** The keyword's value with the schemas in it resolved. */
  const within = (value: unknown, keyword: string, at: string, isInlined: boolean): unknown => {
    if (keyword === "properties") {
      const properties = orderedEntries(value as Record<string, unknown>);
      return orderedObject(properties.map(([name, schema]) => [name, child(schema, keyword, `${at}/${pointerPart(name)}`, isInlined)]));
    }
    if (keyword === "items" || keyword === "additionalProperties")
      return typeof value === "boolean"
        ? value
        : Array.isArray(value)
          ? list(value, keyword, at, isInlined)
          : resolve(value, at, isInlined);
    return combinators.has(keyword) ? list(value as unknown[], keyword, at, isInlined) : value;
  };

  const list = (schemas: unknown[], keyword: string, at: string, isInlined: boolean): JsonSchema[] =>
    schemas.map((schema, index) => child(schema, keyword, `${at}/${index}`, isInlined));

  const child = (schema: unknown, keyword: string, at: string, isInlined: boolean): JsonSchema => {
    if (!isObject(schema) && schema !== true) ignored.push({ keyword, value: schema, at });
    return resolve(schema, at, isInlined);
  };

  const referred = (reference: unknown, at: string): JsonSchema => {
    if (reference === undefined || reference === null) return {};
    const target = typeof reference === "string" ? follow(document, reference) : undefined;
    if (isObject(target) || target === true) return resolve(target, at, true);
    ignored.push({ keyword: "$ref", value: reference, at });
    return {};
  };

  return { schema: resolve(document, "", false), ignored };
}

/** What a JSON pointer in a URL's fragment leads to; undefined where it is none or leads nowhere. */
function follow(document: JsonSchema, reference: string): unknown {
  if (reference !== "#" && !reference.startsWith("#/")) return undefined;
  let found: unknown = document;
  for (const part of reference.split("/").slice(1)) {
    const name = nameOf(part);
    if (name === undefined || typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

function nameOf(part: string): string | undefined {
  try {
    return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return undefined;
  }
}

const pointerPart = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

const isSchema = (value: unknown): boolean => isObject(value) || typeof value === "boolean";
const isNumber = (value: unknown): boolean => (typeof value === "number" && Number.isFinite(value)) || isExactNumber(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isFilledList = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;
const typeNames: ReadonlySet<unknown> = new Set(["null", "boolean", "integer", "number", "string", "array", "object"]);
const combinators: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf"]);

/** Of each keyword that anybody works by: whether a value is of its form. Draft 4's boolean exclusive bounds are. */
const forms: ReadonlyMap<string, (value: unknown) => boolean> = new Map(
  Object.entries({
    type: (value: unknown) => typeNames.has(value) || (isFilledList(value) && value.every((name) => typeNames.has(name))),
    format: (value: unknown) => typeof value === "string",
    properties: isObject,
    required: (value: unknown) => Array.isArray(value) && value.every((name) => typeof name === "string"),
    additionalProperties: isSchema,
    items: (value: unknown) => isSchema(value) || Array.isArray(value),
    anyOf: isFilledList,
    oneOf: isFilledList,
    allOf: isFilledList,
    enum: isFilledList,
    minimum: isNumber,
    maximum: isNumber,
    exclusiveMinimum: (value: unknown) => isNumber(value) || typeof value === "boolean",
    exclusiveMaximum: (value: unknown) => isNumber(value) || typeof value === "boolean",
    multipleOf: (value: unknown) => isNumber(value) && !/^-|^[0.]*(e|$)/i.test(numberOf(value)),
    minLength: isCount,
    maxLength: isCount,
    minItems: isCount,
    maxItems: isCount,
  }),
);

const numberOf = (value: unknown): string => (isExactNumber(value) ? value.rawJSON : String(value));

/** Both hold; where both say the same thing, the one above says it. */
function merge(below: JsonSchema, above: JsonSchema): JsonSchema {
  return {
    ...below,
    ...above,
    ...(below.properties &&
      above.properties && { properties: orderedObject([...orderedEntries(below.properties), ...orderedEntries(above.properties)]) }),
    ...(below.required && above.required && { required: [...new Set([...below.required, ...above.required])] }),
  };
}

/** Keywords that allow and refuse nothing. */
const descriptions: ReadonlySet<string> = new Set(
  "$id $schema $comment id title description default example examples deprecated readOnly writeOnly".split(" "),
);

function withoutIdleParts(schema: JsonSchema): JsonSchema {
  if (schema.allOf === undefined) return schema;
  const { allOf, ...rest } = schema;
  const speaking = [...allOf, rest].filter((part) => Object.keys(part).some((keyword) => !descriptions.has(keyword)));
  return speaking.length > 1 ? schema : [...allOf, rest].reduce(merge);
}
