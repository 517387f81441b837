/** Settings for fields that a stream's schema does not have or the catalog deselects, and what they mean for one stream. Pure. */
import type { UnknownFields } from "@tapline/columns";
import { type JsonSchema, orderedEntries, orderedObject } from "@tapline/protocol";
import { type Static, Type } from "@tapline/sdk";

/** The column that keeps fields which the schema does not have. */
export const extraColumn = "_sdc_extra";

export const unknownFieldSettings = {
  unknown_fields: Type.Optional(
    Type.Union([Type.Literal("keep"), Type.Literal("drop"), Type.Literal("fail")], {
      description: `What to do with fields of a record that its SCHEMA does not have: \`keep\` stores them in the JSON column ${extraColumn}, which is added at the first such field; \`drop\` leaves them out, and the run ends with a warning; \`fail\` refuses the row. Default: keep, and fail with \`schema_policy: freeze\`. Where the SCHEMA has additionalProperties: false, validate_records refuses the row.`,
    }),
  ),
  deselected: Type.Optional(
    Type.Record(Type.String(), Type.Array(Type.String()), {
      description:
        "By stream: the properties that the catalog deselects. They are never stored, though the tap may send them. tapline sets it.",
    }),
  ),
};

type Settings = { [name in keyof typeof unknownFieldSettings]?: Static<(typeof unknownFieldSettings)[name]> };

/** `isFrozen`: the table must not change. Keys are always stored. */
export function unknownFieldsOf(
  { unknown_fields: chosen, deselected = {} }: Settings,
  isFrozen: boolean,
  { name, keys }: { name: string; keys: readonly string[] },
): UnknownFields {
  const names = Object.hasOwn(deselected, name) ? (deselected[name] ?? []) : [];
  return {
    policy: chosen ?? (isFrozen ? "fail" : "keep"),
    deselected: new Set(names.filter((each) => !keys.includes(each))),
  };
}

/** The schema of the columns: without those that are deselected. */
export function withoutDeselected(schema: JsonSchema, { deselected }: UnknownFields): JsonSchema {
  if (deselected.size === 0) return schema;
  const properties = orderedEntries(schema.properties ?? {}).filter(([name]) => !deselected.has(name));
  return { ...schema, properties: orderedObject(properties) };
}

/** The schema that records are checked against: a deselected property may be anything, also where the schema forbids or requires it. */
export function toleratingDeselected(schema: JsonSchema, { deselected }: UnknownFields): JsonSchema {
  if (deselected.size === 0) return schema;
  const { required, properties = {} } = schema;
  const others = orderedEntries(properties).filter(([name]) => !deselected.has(name));
  return {
    ...schema,
    ...(required !== undefined && { required: required.filter((name) => !deselected.has(name)) }),
    properties: orderedObject([...others, ...[...deselected].map((name): [string, JsonSchema] => [name, {}])]),
  };
}
