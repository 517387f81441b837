/** The columns of a stream in a catalog, nested ones too, and their metadata. */
import { type CatalogStream, type JsonSchema, type MetadataEntry, orderedEntries } from "@tapline/protocol";

export interface Column {
  path: string[];
  schema: JsonSchema;
}

/** In the order of the schema, each column before the columns inside it. */
export function* columnsOf(schema: JsonSchema, above: readonly string[] = []): Generator<Column> {
  for (const [name, inner] of orderedEntries(schema.properties ?? {})) {
    const path = [...above, name];
    yield { path, schema: inner };
    yield* columnsOf(inner, path);
  }
}

/** A stream's metadata by breadcrumb, for quick look-ups: a database may have hundreds of thousands of columns. */
export type MetadataIndex = Map<string, MetadataEntry>;

export function indexMetadata({ metadata }: CatalogStream): MetadataIndex {
  return new Map(metadata.map((entry) => [entry.breadcrumb.join("\0"), entry]));
}

export function metadataOf(index: MetadataIndex, path: readonly string[]): MetadataEntry["metadata"] {
  return index.get(keyOf(path))?.metadata ?? nothing;
}

const nothing: MetadataEntry["metadata"] = {};

/** Merges values into the metadata at a path. */
export function setMetadata(index: MetadataIndex, path: readonly string[], values: MetadataEntry["metadata"]): void {
  const key = keyOf(path);
  const entry = index.get(key);
  if (entry === undefined) index.set(key, { breadcrumb: path.flatMap((name) => ["properties", name]), metadata: values });
  else index.set(key, { ...entry, metadata: { ...entry.metadata, ...values } });
}

export function withIndex(stream: CatalogStream, index: MetadataIndex): CatalogStream {
  return { ...stream, metadata: [...index.values()] };
}

/** The key of a path's breadcrumb. */
function keyOf(path: readonly string[]): string {
  return path.length === 0 ? "" : `properties\0${path.join("\0properties\0")}`;
}

/** Whether a column is read whenever its stream is: keys, the replication key, and columns with the inclusion "automatic". */
export function isAutomatic(stream: CatalogStream, index: MetadataIndex, path: readonly string[]): boolean {
  const [name] = path;
  if (path.length === 1 && name !== undefined && (stream.key_properties.includes(name) || stream.replication_key === name)) return true;
  return metadataOf(index, path).inclusion === "automatic";
}

export function isUnsupported(index: MetadataIndex, path: readonly string[]): boolean {
  return metadataOf(index, path).inclusion === "unsupported";
}
