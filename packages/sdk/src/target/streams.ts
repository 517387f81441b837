/** The streams a load has open: hands rows and changes to their writers, and accounts for every row at each commit. */
import type { FailedRecord } from "@tapline/maps";
import {
  type ActivateVersionMessage,
  type Json,
  type JsonSchema,
  protocolErrors,
  type Records,
  type ReplaceSourceMessage,
  type SchemaMessage,
  type StreamSummary,
  TaplineError,
  withPosition,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { FlatteningOptions } from "../flatten/flat-name.ts";
import { checkReader } from "./checks/check-reader.ts";
import { checkBeforeCommit } from "./checks/commit-checks.ts";
import type { LoadChecks } from "./checks/load-checks.ts";
import { type Activated, higher, type StreamChange } from "./cut.ts";
import type { Reject, Sink, StreamCounts, Target, TargetStream } from "./define.ts";
import { fileBatch, lineBatches } from "./files/file-batch.ts";
import type { FilePart } from "./files/read-batch.ts";
import { fileMetadata } from "./files/row-file.ts";
import { flattenStream } from "./flattened-stream.ts";
import type { LineBatch } from "./line-batch.ts";
import type { LoadOptions } from "./load-options.ts";
import type { MetadataClock } from "./metadata.ts";
import { addCommitted, newStream, newTally, type OpenStream, tallyReject } from "./open-stream.ts";
import { replayDefinition } from "./reject-origin.ts";
import { Rejects } from "./rejects.ts";
import type { TargetSettings } from "./settings.ts";
import { definedReader, lateReject, type ReaderContext, type StreamDefinition } from "./stream-definition.ts";
import { countRows, growingWarning, rejectedWarning, summarize } from "./stream-summary.ts";
import { TableChanges } from "./table-changes.ts";
import { targetStream, usableSchema } from "./target-stream.ts";
import { Tolerations } from "./tolerations.ts";

interface StreamsOptions extends Omit<LoadOptions, "clock"> {
  /** Undefined where rows get no metadata. */
  clock: MetadataClock | undefined;
  /** Undefined where records are not flattened. */
  flattening: FlatteningOptions | undefined;
  /** Undefined where no rows are checked. */
  checks: LoadChecks | undefined;
}

/** Rejected records are handed over before the commit when they have this many characters. */
const manyRejects = 1 << 20;

export class OpenStreams {
  readonly #target: Target;
  readonly #sink: Sink;
  readonly #config: TargetSettings;
  readonly #clock: MetadataClock | undefined;
  readonly #options: Omit<LoadOptions, "clock">;
  readonly #checks: LoadChecks | undefined;
  readonly #rejects: Rejects;
  readonly #flattening: FlatteningOptions | undefined;
  readonly #streams = new Map<string, OpenStream>();
  readonly #warned = new Set<string>();
  /** Versions of them arrive, but rows without keys can't be told from those of the version before. */
  readonly #growing = new Set<string>();
  readonly #changes = new TableChanges();
  readonly #tolerations = new Tolerations();
  readonly #context: ReaderContext;
  /** Rows received since the last commit. */
  uncommitted = 0;
  /** A write or a commit threw: roll back to the last commit. */
  failed = false;

  constructor(target: Target, sink: Sink, config: TargetSettings, options: StreamsOptions) {
    this.#target = target;
    this.#sink = sink;
    this.#config = config;
    this.#clock = options.clock;
    this.#flattening = options.flattening;
    this.#options = options;
    this.#checks = options.checks;
    this.#rejects = new Rejects(config);
    this.#context = { target, sink, config, clock: options.clock, rejects: this.#rejects };
  }

  /** Opens the stream. Where it is open with another SCHEMA, @returns the change to this one; an equal SCHEMA changes nothing. */
  async define(message: SchemaMessage): Promise<StreamChange | undefined> {
    const open = this.#streams.get(message.stream);
    const definition = definitionOf(message);
    if (open?.definition === definition) return undefined;
    const sinceCommit = open?.sinceCommit ?? newTally();
    const schema = usableSchema(message, (text) => this.#warnOnce(text, text));
    const replayed = this.#rejects.isAllowed ? replayDefinition(message, this.#config) : null;
    const { flattening, message: flat } = flattenStream({ ...message, schema }, this.#flattening, this.#config);
    const start: StreamDefinition = { message, schema, flattening, replayed, sinceCommit };
    const stream: TargetStream = {
      ...targetStream(flat, this.#config, this.#target.loadMethods, (text) => this.#options.warn?.(text)),
      changed: (change) => this.#changes.add(message.stream, change),
      tolerated: (tolerated) => this.#tolerations.add(message.stream, tolerated),
      ...(this.#rejects.isAllowed && { reject: lateReject(this.#context, start) }),
    };
    if (open === undefined) {
      await this.#guard(() => this.#openStream(stream, { ...start, definition }));
      await this.#replaceRange(message.stream, flat.schema);
      this.#check(stream, start, flat.schema);
      return undefined;
    }
    this.#check(stream, start, flat.schema);
    Object.assign(open, { definition, schema: flat.schema, sent: schema, canTakeFiles: flattening === undefined });
    const alter = async (): Promise<void> => {
      await open.writer.alter(stream);
      open.read = definedReader(this.#context, stream, start);
    };
    return { stream: message.stream, byteLength: definition.length, apply: () => this.#guard(alter) };
  }

  /** The change that removes the source's earlier rows. @throws replace_source_refused */
  replaceSource({ stream, column, value }: ReplaceSourceMessage): StreamChange {
    const open = this.#streams.get(stream);
    const refuse = (why: string): never => {
      throw errors.replace_source_refused({ value, why }, { stream });
    };
    if (open === undefined) return refuse("the message arrives before the stream's SCHEMA");
    const { writer } = open;
    if (writer.replaceSource === undefined) return refuse("this target can't delete the rows of one source");
    if (!Object.hasOwn(open.schema.properties ?? {}, column)) return refuse(`the stream has no column ${JSON.stringify(column)}`);
    const apply = async (): Promise<void> => writer.replaceSource?.(column, value);
    return { stream, byteLength: column.length + value.length, apply: () => this.#guard(apply) };
  }

  received(records: Records): void {
    const open = this.#open(records.stream);
    open.received += records.count;
    open.lastAt = Date.now();
    this.uncommitted += records.count;
    this.#options.onCount?.(records.stream, records.count, records.bytes.length);
  }

  /** The schema of the rows that arrive now. @throws record_before_schema */
  schemaOf(stream: string): JsonSchema {
    const open = this.#streams.get(stream);
    if (open === undefined) throw protocolErrors.record_before_schema({ stream }, { stream });
    return open.sent;
  }

  /** Counts the file's rows as received. @returns the step that hands them over */
  takeFile({ message, file, records }: FilePart, receivedAt: string): StreamChange {
    const { stream, rows, byteLength } = { ...file, stream: message.stream };
    const open = this.#open(stream);
    open.received += rows;
    this.uncommitted += rows;
    this.#options.onCount?.(stream, rows, byteLength);
    const apply = async (): Promise<void> => {
      if (open.canTakeFiles && (await open.writer.takesFile?.(file)) === true) {
        const metadata = this.#clock && fileMetadata(this.#clock, rows, receivedAt, message);
        open.sinceCommit.written += rows;
        await open.writer.write(fileBatch(stream, file, metadata));
        open.lastAt = Date.now();
        return;
      }
      for await (const batch of lineBatches(records(), receivedAt)) await this.write(batch);
    };
    return { stream, byteLength, apply: () => this.#guard(apply) };
  }

  /** Counts a record as received that the maps could not map. @returns the step that rejects it, as the tap sent it */
  takeUnmapped({ stream, error, record }: FailedRecord): StreamChange {
    const open = this.#open(stream);
    open.received++;
    this.uncommitted++;
    this.#options.onCount?.(stream, 1, record.length);
    const apply = async (): Promise<void> => {
      open.sinceCommit.written++;
      open.lastAt = Date.now();
      this.#rejects.add(error, { ...error.position, stream }, () => record);
      tallyReject(open.sinceCommit, error.position.file);
      if (this.#rejects.size >= manyRejects) await this.#keepRejects();
    };
    return { stream, byteLength: record.length, apply: () => this.#guard(apply) };
  }

  async write(batch: LineBatch): Promise<void> {
    const open = this.#open(batch.stream);
    const release = batch.hold();
    await this.#guard(async () => {
      const rows = open.read(batch);
      open.sinceCommit.written += rows.count;
      await inFile(batch, () => open.writer.write(rows));
      release();
      if (this.#rejects.size >= manyRejects) await this.#keepRejects();
    });
    open.lastAt = Date.now();
  }

  /**
   * Whether the message acts at its position in the input. It does so after rows of its stream, and where it says that it comes after them.
   * Otherwise it is kept until the end of the input; where it can't be followed it is ignored with a warning.
   */
  activatesInTurn({ stream, version, after_rows: afterRows }: ActivateVersionMessage, at: string): boolean {
    const open = this.#streams.get(stream);
    // All old rows are removed anyway.
    if (open?.loadMethod === "overwrite") return false;
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
    const isChosen = this.#config.load_method === "append-only" || this.#config.load_method === "append";
    if (!(open as OpenStream).hasKeys && !isChosen) this.#growing.add(stream);
    if ((open as OpenStream).received > 0 || afterRows === true) return true;
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
      if (isEnd) await this.#checkTables();
      const { counts, recorded } = await this.#sink.commit(state === undefined ? undefined : JSON.stringify(state.value));
      for (const [name, open] of this.#streams) this.uncommitted -= addCommitted(name, open, counts.get(name));
      if (recorded) this.#options.onCommit?.(loadedRows(counts));
      this.#tolerations.commit();
      for (const [stream, change] of this.#changes.take()) this.#options.onChange?.(stream, change);
    });
  }

  /** Call it at the end of a whole input: warns of tables that grow, and of settings that name streams which did not arrive. @throws as `Sink.review` */
  endInput(): void {
    for (const warning of this.#sink.review?.() ?? []) this.#options.warn?.(warning);
    if (this.#growing.size > 0) this.#options.warn?.(growingWarning([...this.#growing]));
    for (const name of this.#config.replace_streams ?? [])
      if (name !== "*" && !this.#streams.has(name))
        this.#options.warn?.(
          `replace_streams names the stream ${JSON.stringify(name)}, which the tap did not send: its table is unchanged`,
        );
    for (const name of Object.keys(this.#config.replace_range ?? {}))
      if (!this.#streams.has(name))
        this.#options.warn?.(`replace_range names the stream ${JSON.stringify(name)}, which the tap did not send: its table is unchanged`);
  }

  /** After the last commit: of each stream, what is durable, and what its table holds. @throws counts_disagree */
  async summaries(): Promise<StreamSummary[]> {
    const summaries: StreamSummary[] = [];
    for (const [stream, open] of this.#streams) {
      const { not_committed, ...summary } = this.#summarize(stream, open, await countRows(this.#sink, stream));
      const { received } = summary;
      if (not_committed !== 0) throw errors.counts_disagree({ received, counted: received - not_committed }, { stream });
      summaries.push(summary);
    }
    return summaries;
  }

  /** For a load that ended early: of each stream, what is durable and how many rows are not. Does not use the sink's connection. */
  summariesSoFar(): StreamSummary[] {
    return [...this.#streams].map(([stream, open]) => this.#summarize(stream, open, undefined));
  }

  #summarize(stream: string, open: OpenStream, inTable: number | undefined) {
    const destination = this.#sink.destination(stream);
    if (open.rejected > 0) this.#options.warn?.(rejectedWarning(stream, open.rejected, destination));
    const [changes, tolerated] = [this.#changes.of(stream), this.#tolerations.of(stream)];
    return {
      ...summarize(stream, open, destination, inTable),
      ...(changes.length > 0 && { changes: [...changes] }),
      ...(tolerated.length > 0 && { tolerated: [...tolerated] }),
    };
  }

  async #openStream(stream: TargetStream, start: StreamDefinition & { definition: string }): Promise<void> {
    const writer = await this.#sink.open(stream);
    if (this.#config.on_error === "reject" && writer.keepRejects === undefined) throw errors.rejects_unsupported({});
    const read = definedReader(this.#context, stream, start);
    const { definition, sinceCommit, schema, flattening } = start;
    const opened = { definition, sinceCommit, schema: flattening?.schema ?? schema, sent: schema, canTakeFiles: flattening === undefined };
    this.#streams.set(stream.name, newStream({ ...opened, loadMethod: stream.loadMethod, hasKeys: stream.keys.length > 0, writer, read }));
  }

  /** Where the settings say so, the run's rows replace those of a range. @throws replace_range_refused */
  async #replaceRange(stream: string, { properties = {} }: JsonSchema): Promise<void> {
    const { replace_range: ranges = {} } = this.#config;
    const range = Object.hasOwn(ranges, stream) ? ranges[stream] : undefined;
    if (range === undefined) return;
    const { writer } = this.#open(stream);
    const why =
      writer.replaceRange === undefined
        ? "this target can't delete the rows of a range"
        : Object.hasOwn(properties, range.column)
          ? undefined
          : `the stream has no column ${JSON.stringify(range.column)}`;
    if (why !== undefined) throw errors.replace_range_refused({ why }, { stream });
    await this.#guard(async () => writer.replaceRange?.(range));
  }

  /** Rows that arrive from now on have this SCHEMA. @throws check_column_missing */
  #check(stream: TargetStream, start: StreamDefinition, { properties = {} }: JsonSchema): void {
    if (this.#checks?.covers(stream.name) !== true) return;
    this.#checks.define(stream, Object.keys(properties), checkReader(this.#context, stream, start));
  }

  async #checkTables(): Promise<void> {
    const { commit_checks: checks = [] } = this.#config;
    const rowsOf = (stream: string): number => {
      const { written, rejected } = this.#streams.get(stream)?.sinceCommit ?? newTally();
      return written - rejected;
    };
    await checkBeforeCommit({ checks, sink: this.#sink, rowsOf, onCheck: this.#options.onCheck });
  }

  async #keepRejects(): Promise<void> {
    for (const [stream, rejects] of this.#rejects.take()) await this.#open(stream).writer.keepRejects?.(rejects as Reject[]);
  }

  #activation({ version, at }: Activated) {
    const clock = this.#clock as MetadataClock;
    return { version, at, syncStartedAt: clock.startedAt, sequence: clock.take(1), hardDelete: this.#config.hard_delete };
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

/** Errors of rows of a BATCH get the file that their line is in. */
async function inFile({ file }: LineBatch, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isOfLine = error instanceof TaplineError && error.position.line !== undefined && error.position.file === undefined;
    throw isOfLine && file !== undefined ? withPosition(error, { file }) : error;
  }
}

function loadedRows(counts: ReadonlyMap<string, StreamCounts>): Record<string, number> {
  const rows = [...counts].map(([stream, { inserted, updated }]): [string, number] => [stream, inserted + updated]);
  return Object.fromEntries(rows.filter(([, loaded]) => loaded > 0));
}

function definitionOf(message: SchemaMessage): string {
  return JSON.stringify([message.schema, message.key_properties]);
}
