/** The schemas of an OpenAPI document (2 and 3), as JSON Schemas. */
import { isObject, type JsonSchema, resolveSchema } from "@tapline/protocol";
import type { DescribedRows } from "./model.ts";

/** Those of objects; others are no rows. */
export function openApiSchemas(document: unknown): DescribedRows[] {
  const { components, definitions } = plain(document) as { components?: { schemas?: object }; definitions?: object };
  return [...named(components?.schemas, "components/schemas", { components }), ...named(definitions, "definitions", { definitions })];
}

function named(schemas: object | undefined, place: string, within: object): DescribedRows[] {
  return Object.keys(schemas ?? {}).flatMap((name) => {
    const pointer = name.replaceAll("~", "~0").replaceAll("/", "~1");
    const { schema } = resolveSchema({ ...within, $ref: `#/${place}/${pointer}` } as JsonSchema);
    const { components: _, definitions: __, ...rows } = schema as JsonSchema & { components?: unknown };
    return isObject(rows.properties) ? [{ name, schema: rows, keys: [] }] : [];
  });
}

/** `nullable: true`, which OpenAPI 3.0 has in place of the type null. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
  if (nullable === undefined || isObject(nullable)) return nullable === undefined ? rest : { ...rest, nullable };
  if (nullable !== true) return rest;
  const { type, enum: values, $ref, allOf } = rest;
  if (type === undefined && ($ref !== undefined || allOf !== undefined)) return { anyOf: [rest, { type: "null" }] };
  return {
    ...rest,
    ...(type === undefined ? {} : { type: [...new Set([...[type].flat(), "null"])] }),
    ...(Array.isArray(values) ? { enum: [...new Set([...values, null])] } : {}),
  };
}
