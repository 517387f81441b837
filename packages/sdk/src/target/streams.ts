/** The streams a load has open: their writers, and the counts of what was received, loaded and rejected. */
import type { ActivateVersionMessage, Json, Records, SchemaMessage, StreamSummary } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { type LineBatch, type RowReader, rowReader } from "./batch.ts";
import { type Activated, higher } from "./cut.ts";
import type { Reject, Sink, StreamCounts, Target, TargetStream, Writer } from "./define.ts";
import type { LoadOptions } from "./load-options.ts";
import type { MetadataClock } from "./metadata.ts";
import { Rejects } from "./rejects.ts";
import type { TargetSettings } from "./settings.ts";
import { TableChanges } from "./table-changes.ts";
import { targetStream, usableSchema } from "./target-stream.ts";
import { Tolerations } from "./tolerations.ts";

interface OpenStream {
  definition: string;
  writer: Writer;
  read: RowReader;
  openedAt: number;
  lastAt: number;
  received: number;
  rejected: number;
  counts: Required<StreamCounts>;
  sinceCommit: Tally;
  /** Arrived before any row, so it acts at the end of the input, when the stream is whole. */
  early: Activated | undefined;
}

/** Rows handed to the writer since the last commit, and how many of them were rejected. Batches are released once they are written. */
interface Tally {
  written: number;
  rejected: number;
}

/** Rejected records are handed over before the commit when they have this many characters. */
const manyRejects = 1 << 20;

export class OpenStreams {
  readonly #target: Target;
  readonly #sink: Sink;
  readonly #config: TargetSettings;
  readonly #clock: MetadataClock | undefined;
  readonly #options: LoadOptions;
  readonly #rejects: Rejects;
  readonly #streams = new Map<string, OpenStream>();
  readonly #warned = new Set<string>();
  readonly #changes = new TableChanges();
  readonly #tolerations = new Tolerations();
  /** Rows received since the last commit. */
  uncommitted = 0;
  /** A write or a commit threw: roll back to the last commit. */
  failed = false;

  constructor(target: Target, sink: Sink, config: TargetSettings, clock: MetadataClock | undefined, options: LoadOptions) {
    this.#target = target;
    this.#sink = sink;
    this.#config = config;
    this.#clock = clock;
    this.#options = options;
    this.#rejects = new Rejects(config);
  }

  /** Whether the SCHEMA differs from the one the stream is open with. */
  isChange(message: SchemaMessage): boolean {
    const open = this.#streams.get(message.stream);
    return open !== undefined && open.definition !== definitionOf(message);
  }

  /** Opens the stream, or alters it when the SCHEMA differs from the last one. An equal SCHEMA changes nothing. */
  async define(message: SchemaMessage): Promise<void> {
    const open = this.#streams.get(message.stream);
    const definition = definitionOf(message);
    if (open?.definition === definition) return;
    const sinceCommit = open?.sinceCommit ?? { written: 0, rejected: 0 };
    const onReject = (): void => void sinceCommit.rejected++;
    const schema = usableSchema(message, (text) => this.#warnOnce(text, text));
    const stream: TargetStream = {
      ...targetStream({ ...message, schema }, this.#config, this.#target.loadMethods, (text) => this.#options.warn?.(text)),
      changed: (change) => this.#changes.add(message.stream, change),
      tolerated: (tolerated) => this.#tolerations.add(message.stream, tolerated),
      ...(this.#rejects.isAllowed && { reject: this.#lateReject(message.stream, onReject) }),
    };
    const options = { validate: this.#config.validate_records, clock: this.#clock, rejects: this.#rejects, onReject };
    const read = rowReader(stream, schema, options);
    await this.#guard(async () => {
      if (open !== undefined) {
        await open.writer.alter(stream);
        Object.assign(open, { definition, read });
        return;
      }
      const writer = await this.#sink.open(stream);
      if (this.#config.on_error === "reject" && writer.keepRejects === undefined) throw errors.rejects_unsupported({});
      this.#streams.set(message.stream, newStream(definition, writer, read, sinceCommit));
    });
  }

  received(records: Records): void {
    const open = this.#open(records.stream);
    open.received += records.count;
    open.lastAt = Date.now();
    this.uncommitted += records.count;
    this.#options.onCount?.(records.stream, records.count, records.bytes.length);
  }

  async write(batch: LineBatch): Promise<void> {
    const open = this.#open(batch.stream);
    await this.#guard(async () => {
      const rows = open.read(batch);
      open.sinceCommit.written += rows.count;
      await open.writer.write(rows);
      if (this.#rejects.size >= manyRejects) await this.#keepRejects();
    });
    open.lastAt = Date.now();
  }

  /**
   * Whether the message acts at its position in the input. It does so after rows of its stream. Before any row it is kept until the
   * end of the input; where it can't be followed it is ignored with a warning.
   */
  activatesInTurn({ stream, version }: ActivateVersionMessage, at: string): boolean {
    const open = this.#streams.get(stream);
    // All old rows are removed anyway.
    if (this.#config.load_method === "overwrite") return false;
    const why =
      open === undefined
        ? "it arrives before the stream's SCHEMA"
        : open.writer.activate === undefined
          ? "this target can't distinguish versions"
          : this.#clock === undefined
            ? "add_record_metadata is false, so rows have no version"
            : undefined;
    if (why !== undefined) {
      this.#warnOnce(
        stream,
        `ACTIVATE_VERSION of stream ${JSON.stringify(stream)} is ignored (${why}): rows of older versions stay as they are`,
      );
      return false;
    }
    if ((open as OpenStream).received > 0) return true;
    (open as OpenStream).early = higher((open as OpenStream).early, { version, at });
    return false;
  }

  /** @throws counts_disagree: the commit must not be reported, for rows are missing or counted twice */
  async commit(state: { value: Json } | undefined, activations: ReadonlyMap<string, Activated>, isEnd: boolean): Promise<void> {
    await this.#guard(async () => {
      await this.#sink.settle?.();
      await this.#keepRejects();
      for (const [name, open] of this.#streams) {
        const activated = higher(activations.get(name), isEnd ? open.early : undefined);
        if (activated !== undefined) await open.writer.activate?.(this.#activation(activated));
      }
      const received = [...this.#streams.values()].reduce((sum, stream) => sum + stream.received, 0);
      this.#rejects.checkShare(received, isEnd);
      const { counts, recorded } = await this.#sink.commit(state === undefined ? undefined : JSON.stringify(state.value));
      for (const [name, open] of this.#streams) this.#account(name, open, counts.get(name));
      if (recorded) this.#options.onCommit?.(loadedRows(counts));
      this.#tolerations.commit();
      for (const [stream, change] of this.#changes.take()) this.#options.onChange?.(stream, change);
    });
  }

  async summaries(): Promise<StreamSummary[]> {
    const summaries: StreamSummary[] = [];
    for (const [stream, open] of this.#streams) {
      const { received, rejected, counts } = open;
      const loaded = counts.inserted + counts.updated;
      const counted = loaded + counts.superseded + rejected;
      if (received !== counted) throw errors.counts_disagree({ received, counted }, { stream });
      const { table, rows, rejects } = await this.#sink.look(stream);
      const kept = rejected > 0 && rejects !== undefined ? { rejects } : {};
      const seconds = Math.max(open.lastAt - open.openedAt, 1) / 1000;
      const changes = this.#changes.of(stream);
      const changed = changes.length > 0 ? { changes: [...changes] } : {};
      const tolerated = this.#tolerations.of(stream);
      summaries.push({
        stream,
        received,
        loaded,
        ...counts,
        rejected,
        table,
        ...kept,
        in_table: rows,
        seconds,
        ...changed,
        ...(tolerated.length > 0 && { tolerated: [...tolerated] }),
      });
      if (rejected > 0)
        this.#options.warn?.(
          `${rejected} ${rejected === 1 ? "row" : "rows"} of stream ${JSON.stringify(stream)} did not fit and ${rejected === 1 ? "was" : "were"} not loaded; see ${rejects ?? "its rejects"} for the reasons`,
        );
    }
    return summaries;
  }

  #account(name: string, open: OpenStream, done: StreamCounts | undefined): void {
    const { inserted = 0, updated = 0, superseded = 0, deleted = 0 } = done ?? {};
    const { written, rejected } = open.sinceCommit;
    const counted = inserted + updated + superseded + rejected;
    if (counted !== written) throw errors.counts_disagree({ received: written, counted }, { stream: name });
    open.counts.inserted += inserted;
    open.counts.updated += updated;
    open.counts.superseded += superseded;
    open.counts.deleted += deleted;
    open.rejected += rejected;
    Object.assign(open.sinceCommit, { written: 0, rejected: 0 });
    this.uncommitted -= written;
  }

  #lateReject(stream: string, onReject: () => void): NonNullable<TargetStream["reject"]> {
    return (error, record) => {
      this.#rejects.add(error, { stream, ...error.position }, () => record);
      onReject();
    };
  }

  async #keepRejects(): Promise<void> {
    for (const [stream, rejects] of this.#rejects.take()) await this.#open(stream).writer.keepRejects?.(rejects as Reject[]);
  }

  #activation({ version, at }: Activated) {
    const clock = this.#clock as MetadataClock;
    return { version, at, syncStartedAt: clock.startedAt, sequence: clock.next(), hardDelete: this.#config.hard_delete };
  }

  #warnOnce(about: string, message: string): void {
    if (this.#warned.has(about)) return;
    this.#warned.add(about);
    this.#options.warn?.(message);
  }

  #open(stream: string): OpenStream {
    const open = this.#streams.get(stream);
    if (open === undefined) throw new Error(`stream ${stream} is not open`);
    return open;
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }
}

function newStream(definition: string, writer: Writer, read: RowReader, sinceCommit: Tally): OpenStream {
  const now = Date.now();
  const counts = { inserted: 0, updated: 0, superseded: 0, deleted: 0 };
  return { definition, writer, read, openedAt: now, lastAt: now, received: 0, rejected: 0, counts, sinceCommit, early: undefined };
}

function loadedRows(counts: ReadonlyMap<string, StreamCounts>): Record<string, number> {
  const rows = [...counts].map(([stream, { inserted, updated }]): [string, number] => [stream, inserted + updated]);
  return Object.fromEntries(rows.filter(([, loaded]) => loaded > 0));
}

function definitionOf(message: SchemaMessage): string {
  return JSON.stringify([message.schema, message.key_properties]);
}
