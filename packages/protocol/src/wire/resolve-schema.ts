/**
 * Makes a stream's schema easy to use: each `$ref` into the document is replaced by the schema it points to, and each keyword has a
 * value of the right form. A tap may send anything as a schema, so what can't be understood is left out and listed.
 * Nothing outside the document is fetched, and a schema that refers to itself stops where it would start again.
 */
import type { Position } from "../position.ts";
import { protocolErrors } from "./errors.ts";
import { isExactNumber, isObject } from "./json.ts";
import type { JsonSchema } from "./message.ts";
import { orderedEntries, orderedObject } from "./property-order.ts";

/** How deep schemas may be nested; a deeper one allows anything. */
const deepest = 50;
/** How many schemas references may add: a short document could otherwise ask for more memory than there is. */
const mostInlined = 100_000;

export interface ResolvedSchema {
  /** Without `$ref`, `definitions` and `$defs`. */
  schema: JsonSchema;
  ignored: IgnoredKeyword[];
}

/** A keyword that was left out: a `$ref` that points to nothing in the document, or a value of the wrong form. */
export interface IgnoredKeyword {
  keyword: string;
  value: unknown;
  /** JSON pointer of the schema that has the keyword; "" is the whole document. */
  at: string;
}

/**
 * Keywords beside a `$ref` override those of the schema it points to, property by property. An `allOf` in which one part
 * restricts values and the others only describe becomes that part. @throws schema_too_large
 */
export function resolveSchema(document: JsonSchema, position: Position = {}): ResolvedSchema {
  const ignored: IgnoredKeyword[] = [];
  /** The schemas around the current one, to find a schema that refers to itself. */
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
      // Many taps write null for a keyword they do not use.
      if (value === null) return [];
      if (form(value)) return [[keyword, within(value, keyword, `${at}/${keyword}`, isInlined)]];
      ignored.push({ keyword, value, at });
      return [];
    });
    const resolved = merge(schemaAt(reference, at), Object.fromEntries(entries));
    around.delete(schema);
    return withoutDescriptiveParts(resolved);
  };

  /** The keyword's value with its schemas resolved. */
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

  const schemaAt = (reference: unknown, at: string): JsonSchema => {
    if (reference === undefined || reference === null) return {};
    const target = typeof reference === "string" ? follow(document, reference) : undefined;
    if (isObject(target) || target === true) return resolve(target, at, true);
    ignored.push({ keyword: "$ref", value: reference, at });
    return {};
  };

  return { schema: resolve(document, "", false), ignored };
}

/** The value that a JSON pointer in a URL fragment points to; undefined where it is not a pointer or points to nothing. */
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

/** For each keyword that some reader uses: whether a value has the right form. Draft 4's boolean exclusive bounds have it. */
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

/** Both schemas together; where both have a keyword, `above` has precedence. */
function merge(below: JsonSchema, above: JsonSchema): JsonSchema {
  return {
    ...below,
    ...above,
    ...(below.properties &&
      above.properties && { properties: orderedObject([...orderedEntries(below.properties), ...orderedEntries(above.properties)]) }),
    ...(below.required && above.required && { required: [...new Set([...below.required, ...above.required])] }),
  };
}

/** Keywords that neither allow nor refuse a value. */
const descriptions: ReadonlySet<string> = new Set(
  "$id $schema $comment id title description default example examples deprecated readOnly writeOnly".split(" "),
);

function withoutDescriptiveParts(schema: JsonSchema): JsonSchema {
  if (schema.allOf === undefined) return schema;
  const { allOf, ...rest } = schema;
  const effective = [...allOf, rest].filter((part) => Object.keys(part).some((keyword) => !descriptions.has(keyword)));
  return effective.length > 1 ? schema : [...allOf, rest].reduce(merge);
}
