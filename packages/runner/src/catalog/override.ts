/** Applies the project's `metadata` and `schema` to a catalog. Pure. */
import { type Catalog, type CatalogStream, isObject, type Json, type JsonSchema, type ReplicationMethod } from "@tapline/protocol";
import { isGlob, matchesGlob } from "../project/glob.ts";
import { mergeDeep } from "../project/merge.ts";
import { columnsOf, indexMetadata, setMetadata, withIndex } from "./columns.ts";
import { isColumn, type Pattern, pathIn, readPattern } from "./pattern.ts";

export interface Overrides {
  metadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  schema?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>> | undefined;
}

/** `unmatched`: the patterns that matched nothing. */
export function override(catalog: Catalog, { metadata = {}, schema = {} }: Overrides): { catalog: Catalog; unmatched: Pattern[] } {
  let streams = catalog.streams;
  const unmatched: Pattern[] = [];
  const each = (key: string, change: (stream: CatalogStream, path: string[]) => CatalogStream | undefined): void => {
    const pattern = readPattern(key);
    let matched = false;
    streams = streams.map((stream) => {
      const path = pathIn(pattern.body, stream);
      const changed = path === undefined ? undefined : change(stream, path);
      matched ||= changed !== undefined;
      return changed ?? stream;
    });
    if (!matched) unmatched.push(pattern);
  };
  for (const [key, columns] of Object.entries(schema)) each(key, (stream) => withSchema(stream, columns));
  for (const [key, values] of Object.entries(metadata)) {
    const [own, nested] = [entriesWhere(values, false), entriesWhere(values, true)];
    if (own.length > 0) each(key, (stream, path) => describe(stream, path, Object.fromEntries(own)));
    for (const [column, inner] of nested) each(`${key}.${column}`, (stream, path) => describe(stream, path, inner));
  }
  return { catalog: { ...catalog, streams }, unmatched };
}

/** Values in Singer's metadata are texts, flags and lists, so an object is the metadata of a column. */
function entriesWhere(values: Readonly<Record<string, unknown>>, isNested: boolean): [string, Record<string, Json>][] {
  return Object.entries(values).filter(([, value]) => isObject(value) === isNested) as [string, Record<string, Json>][];
}

function describe(stream: CatalogStream, path: readonly string[], values: Record<string, Json>): CatalogStream | undefined {
  if (path.length === 0) return describeStream(stream, values);
  const matching = [...columnsOf(stream.schema)].filter((column) => isColumn(path, column.path));
  if (matching.length === 0) return undefined;
  const index = indexMetadata(stream);
  for (const column of matching) setMetadata(index, column.path, values);
  return withIndex(stream, index);
}

/** Some taps read these values from the entry of the stream, so they are set there too. */
function describeStream(stream: CatalogStream, values: Record<string, Json>): CatalogStream {
  const { "replication-method": method, "replication-key": key, "table-key-properties": keys } = values;
  const index = indexMetadata(stream);
  setMetadata(index, [], values);
  return {
    ...withIndex(stream, index),
    ...(typeof method === "string" ? inEntry(stream, "replication_method", method as ReplicationMethod) : {}),
    ...(typeof key === "string" ? inEntry(stream, "replication_key", key) : {}),
    ...(Array.isArray(keys) ? { key_properties: keys.map(String) } : {}),
  };
}

function inEntry(stream: CatalogStream, name: string, value: string): Record<string, string> {
  const dashed = name.replace("_", "-");
  return { [name]: value, ...(dashed in stream ? { [dashed]: value } : {}) };
}

/** Adds columns that the tap did not list. */
function withSchema(stream: CatalogStream, columns: Readonly<Record<string, Readonly<Record<string, unknown>>>>): CatalogStream {
  const properties: Record<string, JsonSchema> = { ...stream.schema.properties };
  for (const [pattern, over] of Object.entries(columns)) {
    const names = isGlob(pattern) ? Object.keys(properties).filter((name) => matchesGlob(pattern, name)) : [pattern];
    for (const name of names) properties[name] = mergeDeep(properties[name] ?? {}, over) as JsonSchema;
  }
  return { ...stream, schema: { ...stream.schema, properties } };
}
