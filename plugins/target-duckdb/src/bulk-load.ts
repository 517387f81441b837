/**
 * Rows by way of Parquet files: rows become typed columns, columns of many batches become a file, and one INSERT reads the file while the
 * next batches are converted.
 */
import { rm } from "node:fs/promises";
import { GatheredRows, RowColumns, type SharedLanes, typeName } from "@tapline/columns";
import type { CsvFile, WrittenRows } from "@tapline/sdk";
import { type BulkLoad, type BulkTarget, type Staged, sqlErrors, takesCsv } from "@tapline/sql";
import { csvInsert } from "./dialect/csv-insert.ts";
import { dialect } from "./dialect/index.ts";
import { parquetInsert } from "./dialect/parquet-insert.ts";
import { types } from "./dialect/types.ts";
import { explainFailure } from "./failures.ts";

export interface BulkContext {
  /** Of the database, for messages. */
  path: string;
  lanes: SharedLanes;
  /** A path for a file that does not exist yet. */
  nextPath(): string;
  /** Runs an INSERT of so many bytes. @returns the rows that it inserted */
  insert(sql: string, bytes: number, about: string): Promise<number>;
  /** Called with the bytes that a statement wrote. */
  wrote(bytes: number): Promise<void>;
}

export function bulkLoad(context: BulkContext, target: BulkTarget): BulkLoad {
  const { columns, table, stream } = target;
  const { lanes, nextPath } = context;
  const rows = new RowColumns(target, (type) => typeName(types, type), lanes.at);
  const insert = parquetInsert(columns);
  const gathered = new GatheredRows({
    rows,
    lanes,
    types: columns.map(({ type }) => type),
    fileBytes: 0,
    nextPath,
    explained(work) {
      try {
        return work();
      } catch (error) {
        throw explainFailure(error, context.path);
      }
    },
  });
  /** Rows of a batch that did not land are among those that wait. */
  let isSpoilt = false;
  /** Keys of files are not known. */
  let hasFiles = false;
  /** The files that are on their way into the database, and those before them. */
  let inserting: Promise<void> = Promise.resolve();
  let before = inserting;

  const insertCompleted = async (landing: string): Promise<void> => {
    for (let file = gathered.completed.shift(); file !== undefined; file = gathered.completed.shift()) {
      const { path, rows, byteLength } = file;
      let found: number;
      try {
        found = await context.insert(insert(landing, path), byteLength, landing);
      } finally {
        // Before the next file is written: a disk that is nearly full may have no room for both.
        await rm(path, { force: true });
      }
      if (found !== rows) throw sqlErrors.insert_count_mismatch({ table, expected: rows, found, database: dialect.name }, { stream });
      await context.wrote(byteLength);
    }
  };

  /** One file may wait while another is on its way: DuckDB takes several times as long for those that fill a row group of the table. */
  const startInsert = async (landing: string): Promise<void> => {
    if (gathered.completed.length === 0) return;
    await before;
    before = inserting;
    inserting = insertCompleted(landing);
    // The next call throws the failure; until then it must not count as unhandled.
    inserting.catch(() => {});
  };

  const flush = async (landing: string): Promise<void> => {
    if (isSpoilt) throw new Error(`rows of a batch that was dropped wait for ${landing}`);
    gathered.complete();
    await startInsert(landing);
    await before;
    await inserting;
  };

  const landFile = (file: WrittenRows<CsvFile>): Staged => {
    const insertFile = csvInsert(columns, file);
    return {
      rows: file.rows,
      tolerated: [],
      async land(landing) {
        await flush(landing);
        const found = await context.insert(insertFile(landing), file.byteLength, landing);
        await context.wrote(file.byteLength);
        return found;
      },
      // The load deletes it after the commit.
      drop: async () => {},
    };
  };

  return {
    get areKeysAscending() {
      return !hasFiles && rows.areKeysAscending;
    },
    forgetKeys() {
      hasFiles = false;
      rows.forgetKeys();
    },
    takesFile: (file) => file.format === "csv" && takesCsv(target, file),
    flush,
    convert(batch) {
      if (batch.file !== undefined) {
        hasFiles = true;
        return landFile(batch.file as WrittenRows<CsvFile>);
      }
      const { added, tolerated } = gathered.add(batch);
      let hasLanded = false;
      return {
        rows: batch.count - batch.rejected,
        tolerated,
        async land(landing) {
          await startInsert(landing);
          hasLanded = true;
          return added;
        },
        async drop() {
          if (!hasLanded) isSpoilt = true;
        },
      };
    },
  };
}
