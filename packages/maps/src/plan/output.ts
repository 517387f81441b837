/** What one stream becomes: the SCHEMA of the mapped stream, and what is done with each property. */
import { type JsonSchema, orderedEntries, orderedObject, type SchemaMessage } from "@tapline/protocol";
import type { Cel } from "../cel/cel.ts";
import { errors } from "../errors.ts";
import type { ResultType } from "../language/infer.ts";
import type { Callable, Dict } from "../values/value.ts";
import { aliasOf, type MapExpression, prepare, type Scope } from "./expression.ts";
import { schemaOfType, typeOfResult, typeOfSchema } from "./result.ts";
import type { StreamMap } from "./stream-map.ts";

/** A record with a value there deletes the row of its key, so no `__else__` drops it. */
export const deletedAt = "_sdc_deleted_at";

export type Assignment = { name: string; key: Buffer } & (
  | { kind: "drop" }
  /** The value of another property, or of this one, byte for byte. */
  | { kind: "rename"; from: string }
  | { kind: "compute"; expression: MapExpression; type: ResultType }
);

export interface Output {
  source: string;
  name: string;
  schema: SchemaMessage;
  /** Records stay as they are, except for the name of their stream. */
  keepsRecords: boolean;
  filter: MapExpression | undefined;
  assignments: readonly Assignment[];
  /** With `__else__: null`: what is kept besides what is assigned. */
  onlyKeeps: readonly string[] | undefined;
}

export interface OutputContext {
  message: SchemaMessage;
  /** Without `$ref`. */
  resolved: JsonSchema;
  slot(name: string): number;
  config: Dict;
  fake: Callable | undefined;
  cel: Cel | undefined;
  warn(text: string): void;
}

/** @throws map_expression_invalid, map_key_missing */
export function makeOutput(map: StreamMap, context: OutputContext): Output {
  const { message, resolved } = context;
  const declared = new Map(orderedEntries(resolved.properties ?? {}));
  const name = map.alias === undefined ? message.stream : aliasOf(map.alias, message.stream);
  const scope: Scope = {
    ...context,
    isProperty: (property) => declared.has(property),
    typeOf: (property) => typeOfSchema(declared.get(property)),
    stream: name,
    original: message.stream,
  };
  warnOfUnknown(map, declared, context);
  const filter = map.filter === undefined ? undefined : prepare(map.filter, scope);
  const assignments = [...map.properties].map(([property, written]): Assignment => {
    const key = Buffer.from(`${JSON.stringify(property)}:`);
    if (written === null) return { name: property, key, kind: "drop" };
    const expression = prepare(written, { ...scope, self: property });
    if (expression.rename !== undefined && written.type === undefined)
      return { name: property, key, kind: "rename", from: expression.rename };
    return { name: property, key, kind: "compute", expression, type: typeOfResult(expression, declared.get(property)) };
  });
  const keys = map.keys === undefined ? message.key_properties : (map.keys ?? []);
  const onlyKeeps = map.dropsOthers ? [...new Set([...keys, ...(declared.has(deletedAt) ? [deletedAt] : [])])] : undefined;
  const schema = mappedSchema(message, assignments, onlyKeeps, declared);
  const missing = keys.find((key) => !Object.hasOwn(schema.properties ?? {}, key));
  if (missing !== undefined && (resolved.properties !== undefined || assignments.length > 0))
    throw errors.map_key_missing(
      { stream: name, key: missing, isDropped: declared.has(missing) },
      { stream: message.stream, setting: map.setting },
    );
  return {
    source: message.stream,
    name,
    schema: { ...message, stream: name, schema, key_properties: [...keys], ...bookmarks(message, assignments, schema) },
    keepsRecords: assignments.length === 0 && onlyKeeps === undefined && filter === undefined,
    filter,
    assignments,
    onlyKeeps,
  };
}

function mappedSchema(
  { schema }: SchemaMessage,
  assignments: readonly Assignment[],
  onlyKeeps: readonly string[] | undefined,
  declared: ReadonlyMap<string, JsonSchema>,
): JsonSchema {
  if (assignments.length === 0 && onlyKeeps === undefined) return schema;
  const raw = new Map(orderedEntries(schema.properties ?? {}));
  const properties =
    onlyKeeps === undefined
      ? new Map(raw)
      : new Map(onlyKeeps.flatMap((name) => (raw.has(name) ? [[name, raw.get(name) as JsonSchema]] : [])));
  for (const assignment of assignments) {
    if (assignment.kind === "drop") properties.delete(assignment.name);
    else properties.set(assignment.name, schemaOf(assignment, raw, declared));
  }
  const { required, ...rest } = schema;
  const kept = required?.filter((name) => properties.has(name) && !assignments.some((each) => each.name === name));
  return { ...rest, properties: orderedObject(properties), ...(kept !== undefined && kept.length > 0 && { required: kept }) };
}

function schemaOf(
  assignment: Exclude<Assignment, { kind: "drop" }>,
  raw: ReadonlyMap<string, JsonSchema>,
  declared: ReadonlyMap<string, JsonSchema>,
): JsonSchema {
  if (assignment.kind === "rename") return raw.get(assignment.from) ?? {};
  const { name, type, expression } = assignment;
  const isOfOther = expression.written.type === undefined && (expression.type === "any" || expression.type === "null");
  const existing = declared.get(name);
  if (isOfOther && existing !== undefined) return nullable(existing);
  // `record` as a whole has the schema of the stream.
  return schemaOfType(type);
}

function nullable(schema: JsonSchema): JsonSchema {
  const types = [schema.type ?? []].flat();
  return types.length === 0 || types.includes("null") ? schema : { ...schema, type: [...types, "null"] };
}

/** A bookmark's property goes by the name that it has now; one that was dropped or changed is left out. */
function bookmarks(
  { bookmark_properties: names }: SchemaMessage,
  assignments: readonly Assignment[],
  schema: JsonSchema,
): Pick<SchemaMessage, "bookmark_properties"> {
  if (names === undefined || names === null) return {};
  const found = names.flatMap((name) => {
    const now = nameNow(name, assignments);
    return now !== undefined && Object.hasOwn(schema.properties ?? {}, now) ? [now] : [];
  });
  return { bookmark_properties: found };
}

/** The name under which a property is found unchanged; undefined: it was dropped or changed. */
export function nameNow(property: string, assignments: readonly Assignment[]): string | undefined {
  const own = assignments.find(({ name }) => name === property);
  if (own === undefined || (own.kind === "rename" && own.from === property)) return property;
  return assignments.find((each) => each.kind === "rename" && each.from === property)?.name;
}

/** A pattern may be for streams that lack a property; a stream that is named should have it. */
function warnOfUnknown(map: StreamMap, declared: ReadonlyMap<string, JsonSchema>, { message, warn }: OutputContext): void {
  if (map.pattern !== message.stream || declared.size === 0) return;
  for (const [name, written] of map.properties)
    if (written === null && !declared.has(name)) warn(`the map of ${message.stream} drops ${name}, which the stream does not have`);
}
