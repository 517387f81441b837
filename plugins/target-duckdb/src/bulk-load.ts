/** Batches by way of Parquet files: rows become typed columns, columns become a file, and one INSERT reads the file. */
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type Lane, ParquetFile, RowColumns, typeName } from "@tapline/columns";
import { isCells, type RowBatch, type Tolerated, type WrittenRows } from "@tapline/sdk";
import type { BulkLoad, BulkTarget, Staged } from "@tapline/sql";
import { csvInsert, takesCsv } from "./dialect/csv-insert.ts";
import { parquetInsert } from "./dialect/parquet-insert.ts";
import { types } from "./dialect/types.ts";
import { explainFailure } from "./failures.ts";

export interface BulkContext {
  /** Of the database, for messages. */
  path: string;
  lanes: (index: number) => Lane;
  /** A path for a file that does not exist yet. */
  nextPath(): string;
  /** Runs an INSERT of so many bytes. @returns the rows that it inserted */
  insert(sql: string, bytes: number, about: string): Promise<number>;
  /** Called with the bytes that a statement wrote. */
  wrote(bytes: number): Promise<void>;
}

/** DuckDB's own row group size: one group of the file becomes one of the table. */
const mostGroupRows = 122_880;
/** A Parquet page has a 32-bit size; long texts close a row group long before that. */
const mostColumnBytes = 256 << 20;

export function bulkLoad(context: BulkContext, target: BulkTarget): BulkLoad {
  const { columns } = target;
  const rowColumns = new RowColumns(target, (type) => typeName(types, type), context.lanes);
  const insert = parquetInsert(columns);

  const explained = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      throw explainFailure(error, context.path);
    }
  };

  const flush = (file: ParquetFile): void => {
    explained(() => file.writeRowGroup(rowColumns.buffers));
    rowColumns.clear();
  };

  const writeFile = (batch: RowBatch): { path: string; byteLength: number; tolerated: Tolerated[] } => {
    // Of a batch whose conversion failed.
    rowColumns.takeLost();
    const path = context.nextPath();
    const file = explained(
      () =>
        new ParquetFile(
          path,
          columns.map((column) => column.type),
        ),
    );
    try {
      for (const chunk of batch.chunks?.() ?? batch.rows()) {
        const count = isCells(chunk) ? chunk.count : chunk.rows.length;
        const isFull = rowColumns.rows + count > mostGroupRows || rowColumns.largest > mostColumnBytes;
        if (rowColumns.rows > 0 && isFull) flush(file);
        rowColumns.add(chunk, batch.reject);
      }
      flush(file);
      explained(() => file.finish());
    } catch (error) {
      rmSync(path);
      throw error;
    } finally {
      rowColumns.clear();
      file.close();
    }
    return { path, byteLength: file.byteLength, tolerated: rowColumns.takeLost() };
  };

  /** Keys of files are not known. */
  let hasFiles = false;
  const landFile = (file: WrittenRows): Staged => ({
    rows: file.rows,
    tolerated: [],
    async land(landing) {
      const found = await context.insert(csvInsert(columns, file)(landing), file.byteLength, landing);
      await context.wrote(file.byteLength);
      return found;
    },
    // The load deletes it after the commit.
    drop: async () => {},
  });

  return {
    get areKeysAscending() {
      return !hasFiles && rowColumns.areKeysAscending;
    },
    forgetKeys() {
      hasFiles = false;
      rowColumns.forgetKeys();
    },
    takesFile: (file) => takesCsv(target, file),
    convert(batch) {
      if (batch.file !== undefined) {
        hasFiles = true;
        return landFile(batch.file);
      }
      const { path, byteLength, tolerated } = writeFile(batch);
      return {
        rows: batch.count - batch.rejected,
        tolerated,
        async land(landing) {
          const found = await context.insert(insert(landing, path), byteLength, landing);
          // Before the next batch is written: a disk that is nearly full may have no room for both.
          await rm(path);
          await context.wrote(byteLength);
          return found;
        },
        drop: () => rm(path, { force: true }),
      };
    },
  };
}
