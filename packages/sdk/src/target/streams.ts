/** The streams a load has open: their writers, what was received and what became of it. */
import type { ActivateVersionMessage, BatchMessage, Records, SchemaMessage } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { type LineBatch, type RowReader, rowReader } from "./batch.ts";
import type { LoadMethod, Sink, Target, TargetStream, Writer } from "./define.ts";
import type { LoadOptions } from "./load.ts";
import { type MetadataClock, withMetadataColumns } from "./metadata.ts";
import type { TargetSettings } from "./settings.ts";

/** The last word on a stream: received = loaded + rejected + superseded, loaded = inserted + updated. */
export interface StreamSummary {
  stream: string;
  received: number;
  loaded: number;
  inserted: number;
  updated: number;
  superseded: number;
  rejected: number;
  in_table: number;
  seconds: number;
}

interface OpenStream {
  definition: string;
  writer: Writer;
  read: RowReader;
  openedAt: number;
  lastAt: number;
  received: number;
  inserted: number;
  updated: number;
  superseded: number;
  /** Rows written since the last commit. */
  written: number;
}

export class OpenStreams {
  readonly #target: Target;
  readonly #sink: Sink;
  readonly #config: TargetSettings;
  readonly #clock: MetadataClock | undefined;
  readonly #options: LoadOptions;
  readonly #streams = new Map<string, OpenStream>();
  readonly #warned = new Set<string>();
  /** Rows received since the last commit. */
  uncommitted = 0;
  /** A write or commit has thrown: nothing since the last commit may be kept. */
  failed = false;

  constructor(target: Target, sink: Sink, config: TargetSettings, clock: MetadataClock | undefined, options: LoadOptions) {
    this.#target = target;
    this.#sink = sink;
    this.#config = config;
    this.#clock = clock;
    this.#options = options;
  }

  /** Whether the SCHEMA differs from the one the stream is open with. */
  isChange(message: SchemaMessage): boolean {
    const open = this.#streams.get(message.stream);
    return open !== undefined && open.definition !== definitionOf(message);
  }

  /** Opens the stream, or alters it when the SCHEMA is another one; an equal SCHEMA changes nothing. */
  async define(message: SchemaMessage): Promise<void> {
    const open = this.#streams.get(message.stream);
    const definition = definitionOf(message);
    if (open?.definition === definition) return;
    const stream = this.#targetStream(message);
    const read = rowReader(stream, message.schema, { validate: this.#config.validate_records, clock: this.#clock });
    await this.#guard(async () => {
      if (open === undefined) {
        const writer = await this.#sink.open(stream);
        const now = Date.now();
        this.#streams.set(message.stream, {
          definition,
          writer,
          read,
          openedAt: now,
          lastAt: now,
          received: 0,
          inserted: 0,
          updated: 0,
          superseded: 0,
          written: 0,
        });
      } else {
        await open.writer.alter(stream);
        Object.assign(open, { definition, read });
      }
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
    await this.#guard(() => open.writer.write(open.read(batch)));
    open.written += batch.count;
    open.lastAt = Date.now();
  }

  /** @throws counts_disagree: then nothing since the last commit may be told as done */
  async commit(): Promise<void> {
    await this.#guard(async () => {
      const counts = await this.#sink.commit();
      for (const [name, open] of this.#streams) {
        const { inserted, updated, superseded } = counts.get(name) ?? { inserted: 0, updated: 0, superseded: 0 };
        const told = inserted + updated + superseded;
        if (told !== open.written) throw errors.counts_disagree({ received: open.written, told }, { stream: name });
        open.inserted += inserted;
        open.updated += updated;
        open.superseded += superseded;
        this.uncommitted -= open.written;
        open.written = 0;
      }
    });
  }

  /** Messages that are neither rows, schema nor state. */
  other(message: ActivateVersionMessage | BatchMessage): void {
    if (message.type === "BATCH") throw errors.batch_unsupported({}, { stream: message.stream });
    if (this.#warned.has(message.stream)) return;
    this.#warned.add(message.stream);
    this.#options.warn?.(
      `ACTIVATE_VERSION of stream ${JSON.stringify(message.stream)} is ignored: rows of older versions stay in the table`,
    );
  }

  async summaries(): Promise<StreamSummary[]> {
    const summaries: StreamSummary[] = [];
    for (const [stream, open] of this.#streams) {
      const { received, inserted, updated, superseded } = open;
      const loaded = inserted + updated;
      if (received !== loaded + superseded) throw errors.counts_disagree({ received, told: loaded + superseded }, { stream });
      const in_table = await this.#sink.countRows(stream);
      const seconds = Math.max(open.lastAt - open.openedAt, 1) / 1000;
      summaries.push({ stream, received, loaded, inserted, updated, superseded, rejected: 0, in_table, seconds });
    }
    return summaries;
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

  #targetStream(message: SchemaMessage): TargetStream {
    const { stream: name, key_properties: keys } = message;
    for (const key of keys) {
      if (!Object.hasOwn(message.schema.properties ?? {}, key)) throw errors.key_property_missing({ key }, { stream: name });
    }
    const schema = this.#clock === undefined ? message.schema : withMetadataColumns(message.schema);
    return { name, schema, keys, loadMethod: this.#loadMethod(name, keys) };
  }

  #loadMethod(stream: string, keys: readonly string[]): LoadMethod {
    const possible = this.#target.loadMethods ?? ["upsert", "append-only"];
    const wanted = this.#config.load_method === "append" ? "append-only" : this.#config.load_method;
    if (wanted !== undefined && !possible.includes(wanted)) throw errors.load_method_unsupported({ method: wanted, supported: possible });
    if (wanted === "upsert" && keys.length === 0) {
      this.#options.warn?.(`stream ${JSON.stringify(stream)} has no key_properties, so its rows are appended, not upserted`);
      return "append-only";
    }
    return wanted ?? (keys.length > 0 && possible.includes("upsert") ? "upsert" : "append-only");
  }
}

function definitionOf(message: SchemaMessage): string {
  return JSON.stringify([message.schema, message.key_properties]);
}
