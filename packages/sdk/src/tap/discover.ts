/** Makes the Singer catalog of a tap's streams. */
import { type Catalog, type CatalogStream, type MetadataEntry, propertyNames } from "@tapline/protocol";
import type { Stream } from "./define.ts";

/**
 * The catalog of these streams, with everything selected.
 * @example discover((await openTap(tap, config)).streams).streams[0].tap_stream_id
 */
export function discover(streams: readonly Stream[]): Catalog {
  return { streams: streams.map(catalogEntry) };
}

/** The entry of one stream: everything is selected by default, keys and replication key always are (`inclusion: automatic`). */
export function catalogEntry(stream: Stream): CatalogStream {
  const keys = [...(stream.keys ?? [])];
  const method = stream.replicationMethod ?? (stream.replicationKey === undefined ? "FULL_TABLE" : "INCREMENTAL");
  const automatic = new Set([...keys, ...(stream.replicationKey === undefined ? [] : [stream.replicationKey])]);
  const root: MetadataEntry["metadata"] = {
    inclusion: "available",
    "selected-by-default": true,
    "table-key-properties": keys,
    "forced-replication-method": method,
    ...(stream.replicationKey === undefined ? {} : { "valid-replication-keys": [stream.replicationKey] }),
  };
  const columns = propertyNames(stream.schema).map((name) => ({
    breadcrumb: ["properties", name],
    metadata: { inclusion: automatic.has(name) ? "automatic" : "available", "selected-by-default": true },
  }));
  return {
    tap_stream_id: stream.name,
    stream: stream.name,
    schema: stream.schema,
    key_properties: keys,
    replication_method: method,
    ...(stream.replicationKey === undefined ? {} : { replication_key: stream.replicationKey }),
    metadata: merge([{ breadcrumb: [], metadata: root }, ...columns], stream.metadata ?? []),
  };
}

/** One entry a breadcrumb; the stream's own metadata wins over the SDK's. */
function merge(entries: MetadataEntry[], more: readonly MetadataEntry[]): MetadataEntry[] {
  for (const extra of more) {
    const same = entries.find((entry) => JSON.stringify(entry.breadcrumb) === JSON.stringify(extra.breadcrumb));
    if (same) Object.assign(same.metadata, extra.metadata);
    else entries.push(extra);
  }
  return entries;
}
