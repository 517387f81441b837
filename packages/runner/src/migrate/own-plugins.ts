/**
 * The plugins of a migration beside those of the project: the source as it is read for the export, the target for Parquet files, and the tap
 * that reads those files. They are in memory, and start from the project's own entries, so that settings such as those of S3 apply. Pure.
 */
import type { PluginEntry } from "../model/plugin-schema.ts";

export const sourceName = "migrate-source";
export const parquetName = "migrate-parquet";
export const filesName = "migrate-files";

export interface SourceOptions {
  /** The path of the catalog that the plan was made from. It has all streams, because rules of the project may name any. */
  catalog: string;
  /** In which the source is read, where the tap holds one. */
  snapshot: unknown;
  /** Streams that are read whole, whatever the project says. */
  whole: readonly string[];
}

export function sourceEntry(source: string, { catalog, snapshot, whole }: SourceOptions): PluginEntry {
  return {
    inherit_from: source,
    catalog,
    config: snapshot === undefined ? {} : { snapshot },
    metadata: Object.fromEntries(whole.map((stream) => [stream, { "replication-method": "FULL_TABLE" }])),
  };
}

/** Files with the columns of the source alone, so that whoever reads them needs to know nothing of tapline. */
export function parquetEntry(place: string): PluginEntry {
  return { inherit_from: "target-parquet", config: { destination_path: place, load_method: "overwrite", add_record_metadata: false } };
}

export interface FilesOfStream {
  stream: string;
  keys: readonly string[];
  paths: readonly string[];
}

export function filesEntry(streams: readonly FilesOfStream[]): PluginEntry {
  return {
    inherit_from: "tap-duckdb",
    config: { files: streams.map(({ stream, keys, paths }) => ({ entity: stream, path: paths, format: "parquet", keys })) },
  };
}
