/** What a stream's `read` receives, kept up to date while it reads, and the SCHEMA line that gives the target the same. */

import {
  type CatalogStream,
  encodeMessage,
  type Json,
  type JsonSchema,
  type MetadataEntry,
  orderedObject,
  type ReplicationMethod,
  type StreamState,
  stringifyOrdered,
  type TargetFacts,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import { startValue } from "./bookmark.ts";
import type { Log, ReadContext, Stream } from "./define.ts";
import type { LineBuffer } from "./line-buffer.ts";
import { selectedColumns } from "./select.ts";
import type { StreamGroup } from "./session.ts";

export interface StreamContextOptions {
  bookmark: StreamState;
  signal: AbortSignal;
  lines: LineBuffer;
  log: Log;
  rejected: ReadContext["rejected"];
  skipped: (count: number) => void;
  progress: (doneBytes: number) => void;
  isStateDue: () => boolean;
  target: TargetFacts | undefined;
  files: ReadContext["files"];
}

export class StreamContext implements ReadContext {
  readonly state: StreamState;
  readonly replicationMethod: ReplicationMethod;
  readonly replicationKey: string | undefined;
  readonly startValue: Json;
  /** The largest replication key value of earlier runs. `startValue` may be before it. */
  readonly bookmarkValue: Json;
  columns: readonly string[] = [];
  schema: JsonSchema = {};
  readonly keyProperties: readonly string[];
  readonly metadata: readonly MetadataEntry[];
  readonly head: Uint8Array;
  readonly tail: () => Uint8Array;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly rejected: ReadContext["rejected"];
  readonly skipped: (count: number) => void;
  readonly progress: (doneBytes: number) => void;
  readonly isStateDue: () => boolean;
  readonly target: TargetFacts | undefined;
  readonly files: ReadContext["files"];
  readonly #entry: CatalogStream;

  /** @throws replication_key_missing */
  constructor(
    stream: Stream,
    entry: CatalogStream,
    { bookmark, signal, lines, log, rejected, skipped, progress, isStateDue, target, files }: StreamContextOptions,
  ) {
    this.#entry = entry;
    this.replicationKey = entry.replication_key ?? stream.replicationKey;
    this.replicationMethod = methodOf(stream, entry);
    this.#select(entry.schema);
    const keepsOwnBookmark = this.replicationKey === undefined && stream.replicationMethod === "INCREMENTAL";
    const hasKey = this.replicationKey !== undefined && this.columns.includes(this.replicationKey);
    if (this.replicationMethod === "INCREMENTAL" && !hasKey && !keepsOwnBookmark) {
      throw errors.replication_key_missing({ stream: stream.name }, { stream: stream.name });
    }
    this.keyProperties = entry.key_properties;
    this.metadata = entry.metadata;
    this.state = bookmark;
    this.bookmarkValue = this.incrementalKey === undefined ? null : startValue(this.state, this.incrementalKey);
    this.startValue = this.incrementalKey === undefined ? null : (stream.startFrom?.(this.bookmarkValue) ?? this.bookmarkValue);
    this.head = lines.head;
    this.tail = lines.tail;
    this.signal = signal;
    this.log = log;
    this.rejected = rejected;
    this.skipped = skipped;
    this.progress = progress;
    this.isStateDue = isStateDue;
    this.target = target;
    this.files = files;
  }

  /** The column that rows are filtered by; undefined when all rows are read. */
  get incrementalKey(): string | undefined {
    return this.replicationMethod === "INCREMENTAL" ? this.replicationKey : undefined;
  }

  /** Takes another schema, with the catalog's selection. Returns its SCHEMA line, undefined when nothing selected changed. */
  change(schema: JsonSchema): Uint8Array | undefined {
    const before = stringifyOrdered(this.schema);
    this.#select(schema);
    return stringifyOrdered(this.schema) === before ? undefined : this.schemaLine();
  }

  schemaLine(): Uint8Array {
    const { stream, key_properties } = this.#entry;
    const bookmarks = this.incrementalKey === undefined ? {} : { bookmark_properties: [this.incrementalKey] };
    return Buffer.from(encodeMessage({ type: "SCHEMA", stream, schema: this.schema, key_properties, ...bookmarks }));
  }

  #select(schema: JsonSchema): void {
    const properties = schema.properties ?? {};
    this.columns = selectedColumns({ ...this.#entry, schema });
    this.schema = { ...schema, properties: orderedObject(this.columns.map((name) => [name, properties[name] ?? {}])) };
  }
}

/** Whether the group reads the stream. */
export function isReadBy({ streams, replicationMethod: only }: StreamGroup, stream: Stream, entry: CatalogStream): boolean {
  return streams.includes(stream.name) && (only === undefined || only === methodOf(stream, entry));
}

/** How a stream is read: as its catalog says, or else as the tap does. */
export function methodOf(stream: Stream, entry: CatalogStream): ReplicationMethod {
  const key = entry.replication_key ?? stream.replicationKey;
  return entry.replication_method ?? stream.replicationMethod ?? (key === undefined ? "FULL_TABLE" : "INCREMENTAL");
}
