/** One stream: its entry in the manifest, the rows that are not committed, and what a commit makes of both. */
import type { Activation, RowBatch, StreamCounts, TargetStream } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { FileColumn, FileEntry, StreamEntry } from "../manifest/manifest.ts";
import type { Merger } from "../merge/merge-input.ts";
import { type ColumnPlan, type NestedForm, planColumns } from "./columns.ts";
import type { PendingFile, StreamFiles } from "./stream-files.ts";

/** What a commit changes: all or none of it. */
export interface TableCommit {
  entry: StreamEntry;
  /** Finished files, and the names they get below the root. */
  added: readonly { path: string; name: string }[];
  /** Names of files that are no longer listed. */
  removed: readonly string[];
  counts: StreamCounts | undefined;
}

export interface TableContext {
  /** A new name, without folder, for each call. */
  nextName(): string;
  merger: Merger;
  nested: NestedForm;
  hardDelete: boolean;
}

export class StreamTable {
  readonly #context: TableContext;
  readonly #makeFiles: (stream: TargetStream, plan: ColumnPlan) => StreamFiles;
  #entry: StreamEntry;
  #stream: TargetStream;
  #files: StreamFiles;
  #activations: Activation[] = [];
  /** Rows handed over and not rejected since the last commit. */
  #written = 0;
  /** The manifest has to change even without rows. */
  #isChanged: boolean;
  /** All files that are listed now leave with the next commit. */
  #replaces: boolean;

  constructor(
    context: TableContext,
    known: StreamEntry | undefined,
    fresh: StreamEntry,
    stream: TargetStream,
    makeFiles: (stream: TargetStream, plan: ColumnPlan) => StreamFiles,
  ) {
    this.#context = context;
    this.#makeFiles = makeFiles;
    this.#replaces = stream.loadMethod === "overwrite";
    this.#entry = known === undefined ? fresh : known;
    this.#isChanged = known === undefined || this.#replaces;
    if (known === undefined) stream.changed?.({ kind: "table_created", to: fresh.folder });
    this.#stream = stream;
    this.#files = this.#makeFiles(stream, this.#planFor(stream, this.#replaces ? [] : this.#entry.columns));
  }

  get rows(): number {
    return this.#entry.files.reduce((sum, { rows }) => sum + rows, 0);
  }

  define(stream: TargetStream): void {
    this.#files.define(stream, this.#planFor(stream, this.#files.plan.columns));
    this.#stream = stream;
    this.#isChanged = true;
  }

  async write(batch: RowBatch): Promise<void> {
    const before = batch.rejected;
    await this.#files.write(batch);
    this.#written += batch.count - (batch.rejected - before);
  }

  activate(activation: Activation): void {
    this.#activations.push(activation);
  }

  /** @returns undefined where nothing changes. @throws rows_lost */
  async prepare(): Promise<TableCommit | undefined> {
    const pending = await this.#files.take();
    const found = pending.reduce((sum, { rows }) => sum + rows, 0);
    if (found !== this.#written) throw errors.rows_lost({ path: this.#entry.folder, expected: this.#written, found });
    if (pending.length === 0 && !this.#isChanged && this.#activations.length === 0) return undefined;
    const { entry, files, counts } = await this.#merge(pending);
    const own = new Set(this.#entry.files.map(({ path }) => path));
    const added: { path: string; name: string }[] = [];
    const listed = files.map((file) => {
      if (!("columns" in file)) return file;
      const name = [entry.folder, ...(file.partition === undefined ? [] : [file.partition]), this.#context.nextName()].join("/");
      added.push({ path: file.path, name });
      return listedAs(file, name, entry.schemas);
    });
    for (const { path } of listed) own.delete(path);
    return { entry: { ...entry, files: listed }, added, removed: [...own], counts: found > 0 || counts.deleted ? counts : undefined };
  }

  /** The commit is durable. */
  committed({ entry }: TableCommit): void {
    this.#entry = entry;
    this.#written = 0;
    this.#activations = [];
    this.#isChanged = false;
    this.#replaces = false;
    this.#files.hasDeletes = false;
  }

  async drop(): Promise<void> {
    await this.#files.drop();
  }

  async #merge(pending: readonly PendingFile[]) {
    const old = this.#replaces ? [] : this.#entry.files;
    const { columns } = this.#files.plan;
    const keys = this.#stream.loadMethod === "append-only" ? this.#entry.keys : this.#stream.keys;
    const base: StreamEntry = { ...this.#entry, columns, keys, schemas: this.#replaces ? [] : this.#entry.schemas };
    const merged = await this.#context.merger({
      entry: base,
      stream: this.#stream,
      old,
      pending,
      activations: this.#activations,
      hasDeletes: this.#files.hasDeletes,
      hardDelete: this.#context.hardDelete || this.#stream.loadMethod === "overwrite",
    });
    const schemas = [...base.schemas];
    for (const file of merged.files) if ("columns" in file && schemaIndex(schemas, file.columns) < 0) schemas.push(file.columns);
    return { ...merged, entry: { ...base, schemas } };
  }

  #planFor(stream: TargetStream, known: StreamEntry["columns"]): ColumnPlan {
    return planColumns(known, stream, this.#context.nested, (change) => {
      if (!(this.#entry.columns.length === 0 && change.kind === "column_added")) stream.changed?.(change);
    });
  }
}

function listedAs(file: PendingFile, path: string, schemas: StreamEntry["schemas"]): FileEntry {
  const { rows, bytes, sha256, range, partition, columns } = file;
  const schema = schemaIndex(schemas, columns);
  return { path, rows, bytes, sha256, schema, ...(range !== undefined && { range }), ...(partition !== undefined && { partition }) };
}

function schemaIndex(schemas: StreamEntry["schemas"], columns: readonly FileColumn[]): number {
  const text = JSON.stringify(columns);
  return schemas.findIndex((schema) => JSON.stringify(schema) === text);
}
