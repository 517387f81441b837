/**
 * Batches by way of Parquet files: rows become typed columns, columns become row groups of a file that grows over batches; files are sent
 * to the stage, and one COPY loads them all into the landing table.
 */
import { rmSync } from "node:fs";
import { ColumnBuffer, type ColumnType, type Lane, ParquetFile, RowColumns, type TargetColumn, typeName } from "@tapline/columns";
import { isCells, type RowBatch, type Tolerated } from "@tapline/sdk";
import type { BulkLoad, BulkTarget, Dialect } from "@tapline/sql";
import { copyInto } from "./dialect/stage.ts";
import { errors } from "./errors.ts";
import type { Session } from "./session.ts";
import type { StageFolder } from "./stage-folder.ts";
import type { Uploads } from "./uploads.ts";

export interface BulkContext {
  dialect: Dialect;
  session: Pick<Session, "execute">;
  stage: StageFolder;
  uploads: Uploads;
  lanes: (index: number) => Lane;
  /** A path for a file that does not exist yet. */
  nextPath(): string;
  /** A number that is larger than all before it. */
  nextRow(count: number): bigint;
  fileBytes: number;
  explain(error: unknown): unknown;
}

const mostGroupRows = 122_880;
/** A Parquet page has a 32-bit size; long texts close a row group long before that. */
const mostColumnBytes = 256 << 20;
const rowNumbers: ColumnType = { kind: "bigint" };

export function bulkLoad(context: BulkContext, target: BulkTarget): BulkLoad {
  const { dialect, stage, uploads, session } = context;
  const { columns, table } = target;
  const types = [...columns.map((column) => column.type), rowNumbers];
  const rowColumns = new RowColumns({ ...target, columns: columns.map(asHeld) }, (type) => typeName(dialect.types, type), context.lanes);
  const order = new ColumnBuffer();
  let file: { writer: ParquetFile; path: string } | undefined;
  /** The folder that the files since the last COPY are in. */
  let folder: string | undefined;
  /** Rows in files that were not loaded yet. */
  let waiting = 0;
  let isSpoilt = false;

  const write = (batch: RowBatch): Tolerated[] => {
    // Of a batch whose conversion failed.
    rowColumns.takeLost();
    file ??= explained(() => open(context, types));
    const undo = file.writer.mark();
    try {
      for (const chunk of batch.chunks?.() ?? batch.rows()) {
        const count = isCells(chunk) ? chunk.count : chunk.rows.length;
        const isFull = rowColumns.rows + count > mostGroupRows || rowColumns.largest > mostColumnBytes;
        if (rowColumns.rows > 0 && isFull) closeGroup(file.writer);
        rowColumns.add(chunk, batch.reject);
      }
      closeGroup(file.writer);
    } catch (error) {
      undo();
      throw error;
    } finally {
      rowColumns.clear();
    }
    return rowColumns.takeLost();
  };

  const explained = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw context.explain(error);
    }
  };

  const closeGroup = (writer: ParquetFile): void => {
    if (rowColumns.rows === 0) return;
    numberRows(order, rowColumns.rows, context.nextRow(rowColumns.rows));
    explained(() => writer.writeRowGroup([...rowColumns.buffers, order]));
    rowColumns.clear();
    order.clear();
  };

  /** Completes the file and has it sent, when others before it made room. */
  const send = async (): Promise<void> => {
    if (file === undefined) return;
    const { writer, path } = file;
    file = undefined;
    try {
      explained(() => writer.finish());
    } finally {
      writer.close();
    }
    folder ??= stage.next();
    const to = folder;
    await uploads.start(async () => {
      await stage.put(path, to, writer.byteLength);
      rmSync(path);
    });
  };

  return {
    get areKeysAscending() {
      return rowColumns.areKeysAscending;
    },
    forgetKeys: () => rowColumns.forgetKeys(),
    convert(batch) {
      const tolerated = write(batch);
      let hasLanded = false;
      return {
        rows: batch.count - batch.rejected,
        tolerated,
        async land() {
          hasLanded = true;
          const rows = batch.count - batch.rejected;
          waiting += rows;
          if (file !== undefined && file.writer.byteLength >= context.fileBytes) await send();
          return rows;
        },
        async drop() {
          if (!hasLanded) isSpoilt = true;
        },
      };
    },
    async flush(landing) {
      if (isSpoilt) throw new Error("a file has rows of a batch that was dropped");
      if (waiting === 0) return;
      const sent = waiting;
      await send();
      await uploads.done();
      waiting = 0;
      const from = folder as string;
      folder = undefined;
      const loaded = await copy(session, dialect, { landing, table, columns, from });
      if (loaded !== sent) throw errors.snowflake_copy_differs({ table, sent, loaded });
      await stage.remove(from);
    },
  };
}

/** Snowflake's TIME ends before 24:00:00, and a VARIANT has a number that is no NUMBER(38) as a double. */
function asHeld(column: TargetColumn): TargetColumn {
  const { type } = column;
  if (type.kind === "time") return { ...column, type: { ...type, kind: "time", hasNoEnd: true } };
  return type.kind === "json" ? { ...column, type: { kind: "json", mostDigits: 38 } } : column;
}

function open({ nextPath }: BulkContext, types: readonly ColumnType[]): { writer: ParquetFile; path: string } {
  const path = nextPath();
  return { writer: new ParquetFile(path, types), path };
}

/** Gives each row its number in the order of arrival. */
function numberRows(order: ColumnBuffer, count: number, first: bigint): void {
  order.begin(count);
  order.data.reserve(count * 8);
  const bytes = Buffer.from(order.data.bytes.buffer, order.data.bytes.byteOffset + order.data.length, count * 8);
  for (let index = 0; index < count; index++) bytes.writeBigInt64LE(first + BigInt(index), index * 8);
  order.data.length += count * 8;
  order.end(count);
}

interface Copied {
  landing: string;
  table: string;
  columns: readonly TargetColumn[];
  from: string;
}

/** @returns the rows that Snowflake loaded */
async function copy(
  { execute }: Pick<Session, "execute">,
  { names, types }: Dialect,
  { landing, table, columns, from }: Copied,
): Promise<number> {
  const result = await execute(copyInto(names, types, landing, columns, from), table);
  const at = result.columns.indexOf("rows_loaded");
  return result.rows.reduce((sum, row) => sum + Number(row[at] ?? 0), 0);
}
