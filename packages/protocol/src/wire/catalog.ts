/** Catalogs as the field writes them (both spellings of replication method, metadata at two levels) in one form. */
import { defineErrors, type ErrorEntry } from "../errors.ts";
import type { Catalog, CatalogStream, Json, JsonSchema, MetadataEntry, ReplicationMethod } from "./message.ts";

export const catalogErrorCatalogue = {
  catalog_invalid: {
    class: "config",
    message: (p: { reason: string }) => `The catalog can't be used: ${p.reason}`,
    hint: "Make it anew with --discover > catalog.json and edit that.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const catalogErrors = defineErrors(catalogErrorCatalogue);

/** A stream-level or column-level metadata object; {} where there is none. */
export function metadataAt(stream: { metadata: readonly MetadataEntry[] }, breadcrumb: readonly string[]): MetadataEntry["metadata"] {
  const wanted = JSON.stringify(breadcrumb);
  return stream.metadata.find((entry) => JSON.stringify(entry.breadcrumb) === wanted)?.metadata ?? {};
}

/** @throws catalog_invalid */
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
