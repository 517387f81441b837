/** Objects and arrays as columns with parts, where their schema says which: STRUCT and LIST. Pure. */
import { type JsonSchema, orderedEntries } from "@tapline/protocol";
import { type ColumnType, type Shape, type ShapeField, sameType, shapeOf } from "./column-type.ts";
import { columnType } from "./type-map.ts";
import type { TypeRules } from "./type-rules.ts";
import { isTakenBy } from "./widen.ts";

/** Deeper ones are JSON. */
const mostLevels = 32;

/** As `columnType`; but an object whose properties are declared, or an array whose items are, has their types. */
export function nestedType(schema: JsonSchema, rules: TypeRules, levels = mostLevels): ColumnType {
  const only = withoutNull(schema);
  const type = columnType(only, rules);
  if (type.kind !== "json" || levels === 0) return type;
  const [kind, ...others] = [only.type ?? []].flat().filter((each) => each !== "null");
  if (others.length > 0) return type;
  const inner = (part: JsonSchema): ColumnType => nestedType(part, rules, levels - 1);
  if (kind === "array" && isSchema(only.items)) return { kind: "json", shape: { list: inner(only.items) } };
  if (kind !== "object") return type;
  const struct = orderedEntries(only.properties ?? {}).map(([name, part]): ShapeField => ({ name, type: inner(part) }));
  return struct.length > 0 && hasDistinctNames(struct) ? { kind: "json", shape: { struct } } : type;
}

/** `anyOf` of one schema and null is that schema. */
function withoutNull(schema: JsonSchema): JsonSchema {
  if (schema.type !== undefined) return schema;
  const branches = (schema.anyOf ?? schema.oneOf ?? []).filter(({ type }) => String(type) !== "null");
  return branches.length === 1 ? (branches[0] as JsonSchema) : schema;
}

const isSchema = (items: JsonSchema["items"]): items is JsonSchema => typeof items === "object" && items !== null && !Array.isArray(items);

/** Readers ignore the case of names, and some can't read an empty one. */
function hasDistinctNames(fields: readonly ShapeField[]): boolean {
  const names = new Set(fields.map(({ name }) => name.toLowerCase()));
  return names.size === fields.length && !names.has("");
}

/** What a column with parts becomes so that it takes `wanted` too: it gets more fields, or it is JSON. */
export function widenedShape(present: ColumnType, wanted: ColumnType): ColumnType {
  return merged(present, wanted) ?? { kind: "json" };
}

function merged(present: ColumnType, wanted: ColumnType): ColumnType | undefined {
  const [own, other] = [shapeOf(present), shapeOf(wanted)];
  if (own === undefined) return sameType(present, wanted) || isTakenBy(wanted, present) ? present : undefined;
  if (other === undefined) return undefined;
  const shape = "list" in own && "list" in other ? mergedList(own.list, other.list) : mergedStruct(own, other);
  return shape && { kind: "json", shape };
}

function mergedList(own: ColumnType, other: ColumnType): Shape | undefined {
  const list = merged(own, other);
  return list && { list };
}

function mergedStruct(own: Shape, other: Shape): Shape | undefined {
  if ("list" in own || "list" in other) return undefined;
  const wanted = new Map(other.struct.map((field) => [field.name, field.type]));
  const kept = own.struct.map(({ name, type }) => ({ name, type: wanted.has(name) ? merged(type, wanted.get(name) as ColumnType) : type }));
  const added = other.struct.filter(({ name }) => own.struct.every((field) => field.name !== name));
  const struct = [...kept, ...added];
  return struct.every((field): field is ShapeField => field.type !== undefined) && hasDistinctNames(struct) ? { struct } : undefined;
}
