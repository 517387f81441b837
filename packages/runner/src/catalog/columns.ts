/** Columns of a catalog's stream, nested ones too, and what its metadata says of each. */
import { type CatalogStream, type JsonSchema, type MetadataEntry, orderedEntries } from "@tapline/protocol";

export interface Column {
  path: string[];
  schema: JsonSchema;
}

/** In the schema's order, each before those that lie in it. */
export function* columnsOf(schema: JsonSchema, above: readonly string[] = []): Generator<Column> {
  for (const [name, inner] of orderedEntries(schema.properties ?? {})) {
    const path = [...above, name];
    yield { path, schema: inner };
    yield* columnsOf(inner, path);
  }
}

/** A stream's metadata by place, for many questions: a database has hundreds of thousands of columns. */
export type MetadataIndex = Map<string, MetadataEntry>;

export function indexMetadata({ metadata }: CatalogStream): MetadataIndex {
  return new Map(metadata.map((entry) => [entry.breadcrumb.join("\0"), entry]));
}

export function saidAt(index: MetadataIndex, path: readonly string[]): MetadataEntry["metadata"] {
  return index.get(keyOf(path))?.metadata ?? nothing;
}

const nothing: MetadataEntry["metadata"] = {};

/** Lays these over what is said at that place. */
export function say(index: MetadataIndex, path: readonly string[], values: MetadataEntry["metadata"]): void {
  const key = keyOf(path);
  const entry = index.get(key);
  if (entry === undefined) index.set(key, { breadcrumb: path.flatMap((name) => ["properties", name]), metadata: values });
  else index.set(key, { ...entry, metadata: { ...entry.metadata, ...values } });
}

export function withIndex(stream: CatalogStream, index: MetadataIndex): CatalogStream {
  return { ...stream, metadata: [...index.values()] };
}

/** That of the breadcrumb. */
function keyOf(path: readonly string[]): string {
  return path.length === 0 ? "" : `properties\0${path.join("\0properties\0")}`;
}

/** Keys, the replication key and what the tap calls automatic: read with every row of the stream. */
export function isAutomatic(stream: CatalogStream, index: MetadataIndex, path: readonly string[]): boolean {
  const [name] = path;
  if (path.length === 1 && name !== undefined && (stream.key_properties.includes(name) || stream.replication_key === name)) return true;
  return saidAt(index, path).inclusion === "automatic";
}

export function isUnsupported(index: MetadataIndex, path: readonly string[]): boolean {
  return saidAt(index, path).inclusion === "unsupported";
}
