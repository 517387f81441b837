/** Batches by way of Parquet files of our own: rows become typed columns, columns a file, and one INSERT reads it. */

import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type ColumnType, columnLabel, type Lane, ParquetFile, quoteName, quoteText, RowColumns, typeName } from "@tapline/columns";
import type { RowBatch } from "@tapline/sdk";
import type { BulkLoad, BulkTarget } from "@tapline/sql";
import { dialect } from "./dialect.ts";
import { explainFailure } from "./failures.ts";

export interface BulkContext {
  path: string;
  lanes: (index: number) => Lane;
  nextPath(): string;
  run(sql: string, about: string): Promise<number>;
  /** Told how much a statement wrote. */
  wrote(bytes: number): Promise<void>;
}

/** DuckDB's own row group size: one group of the file becomes one of the table. */
const mostGroupRows = 122_880;
/** A Parquet page has a 32-bit size; long texts close a row group long before. */
const mostColumnBytes = 256 << 20;

export function bulkLoad(context: BulkContext, target: BulkTarget): BulkLoad {
  const { columns } = target;
  const rowColumns = new RowColumns(target, (type) => typeName(dialect.types, type), context.lanes);
  const types = columns.map((column) => column.type);
  const names = columns.map((column) => quoteName(column.columnName)).join(", ");
  const values = columns.map(({ type }, index) => `${columnLabel(index)}${castOf(type)}`).join(", ");

  const guard = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      throw explainFailure(error, context.path);
    }
  };

  const flush = (file: ParquetFile): void => {
    guard(() => file.writeRowGroup(rowColumns.buffers));
    rowColumns.clear();
  };

  const writeFile = (batch: RowBatch): { path: string; byteLength: number } => {
    const path = context.nextPath();
    const file = guard(() => new ParquetFile(path, types));
    try {
      for (const chunk of batch.rows()) {
        const isFull = rowColumns.rows + chunk.rows.length > mostGroupRows || rowColumns.largest > mostColumnBytes;
        if (rowColumns.rows > 0 && isFull) flush(file);
        rowColumns.add(chunk, batch.reject);
      }
      flush(file);
      guard(() => file.finish());
    } catch (error) {
      rmSync(path);
      throw error;
    } finally {
      rowColumns.clear();
      file.close();
    }
    return { path, byteLength: file.byteLength };
  };

  return {
    get areKeysAscending() {
      return rowColumns.areKeysAscending;
    },
    forgetKeys: () => rowColumns.forgetKeys(),
    convert(batch) {
      const { path, byteLength } = writeFile(batch);
      return async (landing) => {
        const found = await context.run(
          `INSERT INTO ${landing} (${names}) SELECT ${values} FROM read_parquet(${quoteText(path)})`,
          landing,
        );
        await rm(path);
        await context.wrote(byteLength);
        return found;
      };
    },
  };
}

/** Where the file has no such type; numbers become narrower or wider by themselves, exactly. */
function castOf(type: ColumnType): string {
  return type.kind === "json" || type.kind === "uuid" ? `::${typeName(dialect.types, type)}` : "";
}
