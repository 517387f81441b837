/** One stream in a run: its bookmarks, its schema where it is made from the rows, and what was ignored. */

import { isObject } from "@tapline/protocol";
import { type Chunk, compareValues, type Json, type JsonSchema, type ReadContext, type StreamState, schemaChange } from "@tapline/sdk";
import type { CompiledStream } from "../define/compile.ts";
import { SchemaGuess } from "../infer/schema-guess.ts";
import { type Bounds, boundsFrom, CursorWatch, wantedFrom } from "./bounds.ts";
import type { RowBatch } from "./list.ts";

export class StreamRun {
  readonly stream: CompiledStream;
  /** undefined: the stream is read for its children only. */
  readonly context: ReadContext | undefined;
  readonly children: StreamRun[];
  /** The list is read more than once, with a bookmark for each. */
  readonly isPartitioned: boolean;
  isFailed = false;
  /** A child that follows this stream's bookmark has failed, so the bookmark must not move. */
  isHeld = false;
  readonly #ignored = new Map<number, { count: number; first: string }>();
  /** Values by the key of the partition; "" where there is one list. A Map, so that one of 100,000 is found at once. */
  readonly #values = new Map<string, Json>();
  /** Partitions that this run has met. */
  readonly #met = new Set<string>();
  readonly #guess: SchemaGuess | undefined;
  #isGuessSent = false;

  constructor(stream: CompiledStream, contexts: ReadonlyMap<string, ReadContext>) {
    this.stream = stream;
    this.context = contexts.get(stream.name);
    this.children = stream.children.map((child) => new StreamRun(child, contexts)).filter(({ isNeeded }) => isNeeded);
    this.isPartitioned = stream.parent !== undefined || stream.definition.partitions !== undefined;
    this.#guess =
      stream.schema === undefined && this.context !== undefined ? new SchemaGuess(this.context.schema as JsonSchema) : undefined;
    if (this.isIncremental) this.#readBookmarks(this.context?.state ?? {});
  }

  /** It is selected, or a stream below it is. */
  get isNeeded(): boolean {
    return this.context !== undefined || this.children.length > 0;
  }

  get isIncremental(): boolean {
    return this.stream.incremental !== undefined && this.context?.replicationMethod !== "FULL_TABLE";
  }

  /** Whether it was met before in this run; from now on it is. */
  meets(partition: string): boolean {
    if (this.#met.has(partition)) return true;
    this.#met.add(partition);
    return false;
  }

  /** The bounds of the requests for a partition. A parent whose children want all of it is read without its bookmark. */
  *boundsOf(partition: string): Generator<Bounds> {
    const { incremental } = this.stream;
    if (incremental === undefined) return yield { start: undefined, end: undefined };
    yield* boundsFrom(incremental, wantedFrom(incremental, this.isReadWhole ? null : this.#valueOf(partition)));
  }

  /** undefined: the stream has no cursor. */
  watchOf(partition: string): CursorWatch | undefined {
    const { incremental } = this.stream;
    if (incremental === undefined) return undefined;
    const from = wantedFrom(incremental, this.isReadWhole ? null : this.#valueOf(partition));
    return new CursorWatch(incremental.cursor, from, this.isIncremental ? this.#valueOf(partition) : null);
  }

  /** undefined where rows are needed as objects: for children, for a schema that is made of them, or to be filtered by a bookmark that was not asked for. */
  get plainContext(): ReadContext | undefined {
    const isFiltered = this.context?.startValue === null || !this.isReadWhole;
    return this.children.length === 0 && this.#guess === undefined && isFiltered ? this.context : undefined;
  }

  /** The rows of a batch as chunks, after a new schema where they need one. */
  *chunksOf({ rows, lines }: RowBatch): Generator<Exclude<Chunk, { value: StreamState }>> {
    if (lines !== undefined) {
      if (lines.count > 0) yield lines;
      return;
    }
    if (rows.length === 0) return;
    if (this.#guess !== undefined && (this.#guess.take(rows) || !this.#isGuessSent)) {
      this.#isGuessSent = true;
      yield schemaChange(this.#guess.schema);
    }
    yield rows;
  }

  /** All rows of the partition up to this cursor were sent. */
  advance(partition: string, largest: Json): void {
    if (largest !== null && this.isIncremental && compareValues(largest, this.#valueOf(partition)) >= 0)
      this.#values.set(partition, largest);
  }

  /** Answers were ignored: what they would have held is not known. */
  get hasGaps(): boolean {
    return this.#ignored.size > 0;
  }

  /** The whole list of partitions was met: those that are gone need no bookmark. */
  forgetOthers(): void {
    if (this.isPartitioned && !this.isFailed) for (const key of this.#values.keys()) if (!this.#met.has(key)) this.#values.delete(key);
  }

  /** The bookmark to send; undefined: the one that is kept stays. */
  bookmark(): StreamState | undefined {
    const key = this.stream.incremental?.cursor;
    if (this.context === undefined || !this.isIncremental || key === undefined || this.isHeld) return undefined;
    if (!this.isPartitioned) {
      const value = this.#valueOf("");
      return value === null ? undefined : { replication_key: key, replication_key_value: value };
    }
    return { replication_key: key, partitions: Object.fromEntries(this.#values) };
  }

  readonly ignored = (status: number, request: string): void => {
    const seen = this.#ignored.get(status);
    if (seen === undefined) this.#ignored.set(status, { count: 1, first: request });
    else seen.count++;
  };

  /** A sentence for each status whose answers were ignored. */
  ignoredNotes(): string[] {
    return [...this.#ignored].map(([status, { count, first }]) => {
      const answers = count === 1 ? "1 answer" : `${count} answers`;
      return `stream ${JSON.stringify(this.stream.name)}: ${answers} with the status ${status} ${count === 1 ? "was" : "were"} ignored, as its rules say; the first: ${first}`;
    });
  }

  /** Its list is asked for without its bookmark. */
  get isReadWhole(): boolean {
    return !this.isIncremental || this.children.some(({ stream }) => stream.definition.parentRows !== "changed");
  }

  #valueOf(partition: string): Json {
    return this.#values.get(this.isPartitioned ? partition : "") ?? null;
  }

  #readBookmarks(state: StreamState): void {
    const { replication_key: key, replication_key_value: value, partitions } = state as Record<string, Json>;
    if (key !== undefined && key !== this.stream.incremental?.cursor) return;
    if (!this.isPartitioned) {
      if (value !== undefined && value !== null) this.#values.set("", value);
    } else if (isObject(partitions)) for (const [name, one] of Object.entries(partitions)) this.#values.set(name, one as Json);
  }
}
