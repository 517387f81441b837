/** One stream: its entry in the manifest, the rows that are not committed, and what a commit makes of both. */
import type { Digits } from "@tapline/columns";
import type { Activation, RowBatch, StreamCounts, TargetStream } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { FileColumn, FileEntry, ManifestColumn, StreamEntry } from "../manifest/manifest.ts";
import type { Measure } from "../merge/measure.ts";
import type { Merger, Replacement } from "../merge/merge-input.ts";
import { type ColumnPlan, type NestedForm, planColumns } from "./columns.ts";
import type { FilesOptions, PendingFile, StreamFiles } from "./stream-files.ts";

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
  measure: Measure;
  hardDelete: boolean;
}

type MakeFiles = (stream: TargetStream, plan: ColumnPlan, measure: FilesOptions["measure"]) => StreamFiles;

export interface TableStart {
  context: TableContext;
  /** As the manifest has it; undefined for a new stream. */
  known: StreamEntry | undefined;
  fresh: StreamEntry;
  stream: TargetStream;
  makeFiles: MakeFiles;
}

export class StreamTable {
  readonly #context: TableContext;
  #entry: StreamEntry;
  #stream: TargetStream;
  #files!: StreamFiles;
  #activations: Activation[] = [];
  #replacements: Replacement[] = [];
  /** Rows handed over and not rejected since the last commit. */
  #written = 0;
  /** The manifest has to change even without rows. */
  #isChanged: boolean;
  /** All files that are listed now leave with the next commit. */
  #replaces: boolean;

  private constructor({ context, known, fresh, stream }: TableStart) {
    this.#context = context;
    this.#replaces = stream.loadMethod === "overwrite";
    this.#entry = known === undefined ? fresh : known;
    this.#isChanged = known === undefined || this.#replaces;
    this.#stream = stream;
  }

  /** @throws type_conflict */
  static async open(start: TableStart): Promise<StreamTable> {
    const table = new StreamTable(start);
    const { known, fresh, stream, makeFiles } = start;
    if (known === undefined) stream.changed?.({ kind: "table_created", to: fresh.folder });
    const plan = await table.#planFor(stream, table.#replaces ? [] : table.#entry.columns, []);
    table.#files = makeFiles(stream, plan, (column, pending) => table.#measure(column, pending));
    return table;
  }

  get rows(): number {
    return this.#entry.files.reduce((sum, { rows }) => sum + rows, 0);
  }

  async define(stream: TargetStream): Promise<void> {
    const plan = await this.#planFor(stream, this.#files.plan.columns, await this.#files.settled());
    this.#files.define(stream, plan);
    this.#stream = stream;
    this.#isChanged = true;
  }

  async write(batch: RowBatch): Promise<void> {
    const before = batch.rejected;
    await this.#files.write(batch);
    this.#written += batch.count - (batch.rejected - before);
  }

  /** The rows of this source that are there now leave with the next commit. */
  async replaceSource(column: string, value: string): Promise<void> {
    this.#replacements.push({ column, value, at: (await this.#files.settled()).length });
  }

  activate(activation: Activation): void {
    this.#activations.push(activation);
  }

  /** @returns undefined where nothing changes. @throws rows_lost */
  async prepare(): Promise<TableCommit | undefined> {
    const pending = await this.#files.take();
    const found = pending.reduce((sum, { rows }) => sum + rows, 0);
    if (found !== this.#written) throw errors.rows_lost({ path: this.#entry.folder, expected: this.#written, found });
    if (pending.length === 0 && !this.#isChanged && this.#activations.length + this.#replacements.length === 0) return undefined;
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
    this.#replacements = [];
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
      replacements: this.#replacements,
      activations: this.#activations,
      hasDeletes: this.#files.hasDeletes,
      hardDelete: this.#context.hardDelete || this.#stream.loadMethod === "overwrite",
    });
    const schemas = [...base.schemas];
    for (const file of merged.files) if ("columns" in file && schemaIndex(schemas, file.columns) < 0) schemas.push(file.columns);
    return { ...merged, entry: { ...base, schemas } };
  }

  async #planFor(stream: TargetStream, known: StreamEntry["columns"], pending: readonly PendingFile[]): Promise<ColumnPlan> {
    const measured = new Map<string, Digits | null>();
    for (;;) {
      const { plan, changes, unmeasured } = planColumns(known, stream, { nested: this.#context.nested, measured });
      for (const column of unmeasured) measured.set(column.name, await this.#measure(column, pending));
      if (unmeasured.length > 0) continue;
      for (const change of changes) if (!(this.#entry.columns.length === 0 && change.kind === "column_added")) stream.changed?.(change);
      return plan;
    }
  }

  #measure(column: ManifestColumn, pending: readonly PendingFile[]): Promise<Digits | null> {
    return this.#context.measure(this.#entry, [...(this.#replaces ? [] : this.#entry.files), ...pending], column);
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
