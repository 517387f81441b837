/** Reads catalogs as taps and tools write them (two spellings of the replication method, metadata at two levels) into one form. */
import { defineErrors, type ErrorEntry } from "../errors.ts";
import type { Catalog, CatalogStream, Json, JsonSchema, MetadataEntry, ReplicationMethod } from "./message.ts";

export const catalogErrorCatalogue = {
  catalog_invalid: {
    class: "config",
    message: (p: { reason: string }) => `The catalog can't be used: ${p.reason}`,
    hint: "Make a new one with --discover > catalog.json and edit that.",
  },
} as const satisfies Record<string, ErrorEntry>;

/** In the metadata of a stream without keys: columns whose values were unique where the tap looked, the likeliest key first. */
export const keyCandidatesKey = "key-candidates";

/** Beside the key candidates: how many rows the tap compared. */
export const keyCandidateRowsKey = "key-candidate-rows";

const catalogErrors = defineErrors(catalogErrorCatalogue);

/**
 * The metadata of a stream or a column; {} where there is none.
 * @param breadcrumb [] for the stream, ["properties", name] for a column.
 * @example metadataAt(stream, ["properties", "id"]).selected
 */
export function metadataAt(stream: { metadata: readonly MetadataEntry[] }, breadcrumb: readonly string[]): MetadataEntry["metadata"] {
  const wanted = JSON.stringify(breadcrumb);
  return stream.metadata.find((entry) => JSON.stringify(entry.breadcrumb) === wanted)?.metadata ?? {};
}

/** Fields that a catalog leaves out are filled in: `key_properties`, `metadata`, and `stream` where only `tap_stream_id` is given. @throws catalog_invalid */
export function readCatalog(value: unknown): Catalog {
  const streams = (value as { streams?: unknown } | null)?.streams;
  if (!Array.isArray(streams)) throw catalogErrors.catalog_invalid({ reason: "it has no list of streams" });
  return { streams: streams.map(readStream) };
}

function readStream(value: Record<string, unknown>, index: number): CatalogStream {
  const id = value?.tap_stream_id ?? value?.stream;
  if (typeof id !== "string") throw catalogErrors.catalog_invalid({ reason: `stream number ${index + 1} has no tap_stream_id` });
  if (typeof value.schema !== "object" || value.schema === null)
    throw catalogErrors.catalog_invalid({ reason: `stream ${id} has no schema` });
  const metadata = Array.isArray(value.metadata) ? (value.metadata as MetadataEntry[]) : [];
  const root = metadataAt({ metadata }, []);
  const method = first(
    value["replication-method"],
    value.replication_method,
    root["forced-replication-method"],
    root["replication-method"],
  );
  const key = first(value["replication-key"], value.replication_key, root["replication-key"]);
  const keys = first(value.key_properties, root["table-key-properties"], root["view-key-properties"]);
  return {
    ...value,
    tap_stream_id: id,
    stream: typeof value.stream === "string" ? value.stream : id,
    schema: value.schema as JsonSchema,
    key_properties: Array.isArray(keys) ? keys.map(String) : [],
    ...(typeof method === "string" ? { replication_method: method as ReplicationMethod } : {}),
    ...(typeof key === "string" ? { replication_key: key } : {}),
    metadata,
  };
}

function first(...values: unknown[]): Json | undefined {
  return values.find((value) => value !== undefined && value !== null) as Json | undefined;
}
