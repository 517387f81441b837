/** Writes the rows of one stream to files: a new one where the columns change, a file is full, or a partition begins. */
import { DeletesArrived, type Digits, ExtraColumnMissing, isInteger, isNumber, type StreamColumns, TooNarrow } from "@tapline/columns";
import { type CellChunk, isCells, type RowBatch, type RowChunk, type TargetStream } from "@tapline/sdk";
import type { FileColumn, ManifestColumn } from "../manifest/manifest.ts";
import { addExtraColumn, type ColumnPlan, widenColumn } from "./columns.ts";
import type { FilePool } from "./file-pool.ts";
import { type FileOptions, type FinishedFile, OpenFile } from "./open-file.ts";
import type { Partitioner } from "./partition.ts";
import { typeOf } from "./type-text.ts";

/** A file with rows that are not committed. */
export interface PendingFile extends FinishedFile {
  columns: readonly FileColumn[];
  partition: string | undefined;
}

export interface FilesOptions extends Pick<FileOptions, "compression" | "createdBy"> {
  pool: FilePool;
  newPath(): string;
  fileBytes: number;
  fileRows: number;
  /** The digits that the column has in files that are listed, and in these. */
  measure(column: ManifestColumn, pending: readonly PendingFile[]): Promise<Digits | null>;
}

export type FeedRules = Pick<StreamColumns, "rules" | "unknownFields" | "requiredKeys">;

export class StreamFiles {
  readonly #options: FilesOptions;
  readonly #feed: FeedRules;
  readonly #partitioner: Partitioner | undefined;
  #stream: TargetStream;
  #plan: ColumnPlan;
  /** By partition; "" where there are none. */
  readonly #open = new Map<string, OpenFile>();
  #pending: Promise<PendingFile>[] = [];
  /** Records that delete the row of their key have arrived. */
  hasDeletes = false;

  constructor(options: FilesOptions, feed: FeedRules, partitioner: Partitioner | undefined, stream: TargetStream, plan: ColumnPlan) {
    this.#options = options;
    this.#feed = feed;
    this.#partitioner = partitioner;
    this.#stream = stream;
    this.#plan = plan;
  }

  get plan(): ColumnPlan {
    return this.#plan;
  }

  /** Rows that follow have these columns. */
  define(stream: TargetStream, plan: ColumnPlan): void {
    this.endAll();
    this.#stream = stream;
    this.#plan = plan;
  }

  /** @throws the errors of rows that are not rejected, and write_failed */
  async write(batch: RowBatch): Promise<void> {
    const chunks = this.#partitioner === undefined ? (batch.chunks?.() ?? batch.rows()) : batch.rows();
    for (const chunk of chunks) {
      if (this.#partitioner === undefined || isCells(chunk)) await this.#add("", chunk, batch.reject);
      else for (const [partition, rows] of this.#partitioner.split(chunk)) await this.#add(partition, rows, batch.reject);
      await this.#options.pool.hasRoom();
    }
  }

  /** Ends all files. @returns those since the last call, in the order of their first rows */
  async take(): Promise<PendingFile[]> {
    const taken = this.settled();
    this.#pending = [];
    return taken;
  }

  /** Ends all files. @returns those that are not committed */
  async settled(): Promise<PendingFile[]> {
    this.endAll();
    return Promise.all(this.#pending);
  }

  endAll(): void {
    for (const [partition, file] of this.#open) this.#end(partition, file);
  }

  async drop(): Promise<void> {
    const files = [...this.#open.values()];
    this.#open.clear();
    for (const file of files) this.#options.pool.ended(file);
    await Promise.all(files.map((file) => file.drop()));
    await Promise.allSettled(this.#pending);
    this.#pending = [];
  }

  async #add(partition: string, chunk: RowChunk | CellChunk, reject: RowBatch["reject"]): Promise<void> {
    let rows = chunk;
    for (;;) {
      const file = this.#open.get(partition) ?? this.#begin(partition);
      try {
        file.add(rows, reject);
        for (const lost of file.takeLost()) this.#stream.tolerated?.(lost);
        this.#options.pool.grew(file);
        const { fileBytes, fileRows } = this.#options;
        if (file.byteLength >= fileBytes || file.rows >= fileRows) this.#end(partition, file);
        return;
      } catch (error) {
        file.takeLost();
        if (isCells(rows)) rows = rows.toRows();
        await this.#makeFit(error, rows);
      }
    }
  }

  /** Changes the columns so that the rows fit; what is written stays as it is. Throws an error that is of another kind. */
  async #makeFit(error: unknown, rows: RowChunk): Promise<void> {
    if (error instanceof TooNarrow) {
      const values = error.valuesOf({ rows: () => [rows] } as unknown as RowBatch);
      const stored = await this.#storedDigits(error.property);
      this.define(this.#stream, widenColumn(this.#plan, this.#stream, error.property, values, stored));
    } else if (error instanceof ExtraColumnMissing) this.define(this.#stream, addExtraColumn(this.#plan, this.#stream));
    else if (error instanceof DeletesArrived) {
      this.endAll();
      this.hasDeletes = true;
    } else throw error;
  }

  /** Of integers, their type alone says how many they can be. */
  async #storedDigits(property: string): Promise<Digits | null> {
    const column = this.#plan.columns.find((each) => each.property === property) as ManifestColumn;
    const type = typeOf(column.type);
    if (isInteger(type)) return { whole: 19, scale: 0 };
    if (!isNumber(type)) return null;
    return this.#options.measure(column, await this.settled());
  }

  #begin(partition: string): OpenFile {
    const { pool, newPath, compression, createdBy } = this.#options;
    const { requiredKeys } = this.#feed;
    const deletes = requiredKeys.length === 0 ? undefined : this.hasDeletes ? "land" : "announce";
    const columns: StreamColumns = { ...this.#feed, stream: this.#stream.name, columns: this.#plan.targets, deletes };
    const [rangedKey] = requiredKeys;
    const metadata = { "tapline.stream": this.#stream.name };
    const file = pool.make(
      (lanes) =>
        new OpenFile({
          path: newPath(),
          columns,
          compression,
          rangedKey,
          metadata,
          createdBy,
          lanes,
          onFlush: (work, bytes) => pool.compresses(work, bytes),
        }),
      (ending) => this.#end(partition, ending),
    );
    this.#open.set(partition, file);
    return file;
  }

  #end(partition: string, file: OpenFile): void {
    this.#open.delete(partition);
    const { fileColumns: columns } = this.#plan;
    const isEmpty = file.rows === 0;
    const ended = isEmpty
      ? file.drop()
      : file.finish().then((done) => ({ ...done, columns, partition: partition === "" ? undefined : partition }));
    // What fails is thrown by `take`.
    ended.catch(() => {});
    if (!isEmpty) this.#pending.push(ended as Promise<PendingFile>);
    this.#options.pool.ended(file);
  }
}
