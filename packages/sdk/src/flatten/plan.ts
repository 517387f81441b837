/**
 * Flattening: properties of nested objects become columns, named by their path. One plan is made from a stream's schema and used for
 * all its records. Which objects are flattened and how columns are named is as in the Singer SDK; but lists, objects that are not
 * flattened and properties without a type keep their values, which the SDK turns into text. Pure.
 */
import { isObject, type JsonSchema, orderedObject, type Row } from "@tapline/protocol";
import type { FlatteningOptions } from "./flat-name.ts";
import { flattener } from "./flatten-record.ts";
import { nestRow, put } from "./nest-row.ts";
import { type FlatLeaf, type FlatObject, flatTree, isLeaf, mayBeNull } from "./tree.ts";

export interface Flattening {
  /** The schema of the flat records. A column is nullable where an object around it is. */
  schema: JsonSchema;
  /** For each column, the path of its property. */
  paths: ReadonlyMap<string, readonly string[]>;
  /** Records are flat as they are, so `flatten` and `nest` return their argument. */
  isIdentity: boolean;
  /**
   * The flat record. Values are not copied. An object that is null makes all its columns null. A field that the schema does not have
   * keeps its value whole, under the name of its path. @throws flattened_fields_collide
   */
  flatten(record: Row): Row;
  /** The record that a flat one came from. Where all columns of an object are null, the object may have been null or have had none. */
  nest(row: Row): Row;
  /** The columns of a property of the record; [] where the schema does not have it. */
  columnsOf(property: string): readonly string[];
  /** The schema of unflattened records after a change of the columns' schemas: `change` gets them by their flat names. */
  changeColumns(change: (flat: JsonSchema) => JsonSchema): JsonSchema;
}

/**
 * @param schema a resolved one (see `resolveSchema`)
 * @param whole top-level properties that are not flattened
 * @throws flattened_columns_collide
 * @example planFlattening(schema, { maxDepth: 1, separator: "__", maxKeyLength: 255 }).flatten({ address: { zip: 1 } }) // { address__zip: 1 }
 */
export function planFlattening(schema: JsonSchema, options: FlatteningOptions, whole: ReadonlySet<string> = new Set()): Flattening {
  const { root, leaves } = flatTree(schema, options, whole);
  const all = [...leaves.values()];
  const isIdentity = all.every(({ path, name }) => path.length === 1 && path[0] === name);
  return {
    schema: isIdentity ? schema : flatSchema(root, all),
    paths: new Map(all.map(({ name, path }) => [name, path])),
    isIdentity,
    flatten: isIdentity ? (record) => record : flattener(root, leaves, options),
    nest: isIdentity ? (row) => row : (row) => nestRow(root, leaves, row),
    columnsOf(property) {
      const part = root.parts.get(property);
      if (part === undefined) return [];
      return isLeaf(part) ? [part.name] : part.names;
    },
    changeColumns(change) {
      if (isIdentity) return change(schema);
      const changed = change({ ...schema, properties: columns(all, ({ schema }) => schema) });
      const { properties = {} } = changed;
      const added = Object.entries(properties).filter(([name]) => !leaves.has(name));
      return { ...changed, properties: { ...changedProperties(root, properties), ...Object.fromEntries(added) } };
    },
  };
}

function flatSchema(root: FlatObject, leaves: readonly FlatLeaf[]): JsonSchema {
  const { anyOf: _, oneOf: __, allOf: ___, additionalProperties: others, required: ____, ...kept } = root.schema;
  const required = leaves.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    ...kept,
    properties: columns(leaves, ({ schema, isInNullable }) => (isInNullable ? nullable(schema) : schema)),
    ...(required.length > 0 && { required }),
    ...(others === false && refusesOthers(root) && { additionalProperties: false }),
  };
}

const columns = (leaves: readonly FlatLeaf[], schemaOf: (leaf: FlatLeaf) => JsonSchema): Record<string, JsonSchema> =>
  orderedObject(leaves.map((leaf) => [leaf.name, schemaOf(leaf)]));

function refusesOthers({ schema, parts }: FlatObject): boolean {
  return schema.additionalProperties === false && [...parts.values()].every((part) => isLeaf(part) || refusesOthers(part));
}

function nullable(schema: JsonSchema): JsonSchema {
  const { type, enum: values, const: only, anyOf, oneOf, allOf } = schema;
  if (type === undefined && values === undefined && only === undefined && (anyOf ?? oneOf ?? allOf) === undefined) return schema;
  if (type === undefined || only !== undefined) return { anyOf: [schema, { type: "null" }] };
  const types = mayBeNull(schema) ? type : [...[type].flat(), "null"];
  return { ...schema, type: types, ...(values !== undefined && { enum: values.includes(null) ? values : [...values, null] }) };
}

function changedProperties({ parts }: FlatObject, flat: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const properties: Record<string, JsonSchema> = {};
  for (const [name, part] of parts) {
    const schema = isLeaf(part) ? flat[part.name] : { ...part.schema, properties: changedProperties(part, flat) };
    if (isObject(schema)) put(properties, name, schema);
  }
  return properties;
}
