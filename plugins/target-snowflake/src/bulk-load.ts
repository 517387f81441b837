/**
 * Batches by way of Parquet files: rows become typed columns, columns of many batches become row groups of files; these are sent to the
 * stage, and one COPY loads them all into the landing table.
 */
import { rmSync } from "node:fs";
import { ColumnBuffer, type ColumnType, GatheredRows, RowColumns, type SharedLanes, type TargetColumn, typeName } from "@tapline/columns";
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
  lanes: SharedLanes;
  /** A path for a file that does not exist yet. */
  nextPath(): string;
  /** A number that is larger than all before it. */
  nextRow(count: number): bigint;
  fileBytes: number;
  explain(error: unknown): unknown;
}

const rowNumbers: ColumnType = { kind: "bigint" };

export function bulkLoad(context: BulkContext, target: BulkTarget): BulkLoad {
  const { dialect, stage, uploads, session, lanes, nextPath, nextRow, fileBytes } = context;
  const { columns, table } = target;
  const rowColumns = new RowColumns({ ...target, columns: columns.map(asHeld) }, (type) => typeName(dialect.types, type), lanes.at);
  const order = new ColumnBuffer();
  const gathered = new GatheredRows({
    rows: rowColumns,
    lanes,
    types: [...columns.map((column) => column.type), rowNumbers],
    moreColumns(count) {
      numberRows(order, count, nextRow(count));
      return [order];
    },
    fileBytes,
    nextPath,
    explained(work) {
      try {
        return work();
      } catch (error) {
        throw context.explain(error);
      }
    },
  });
  /** The folder that the files since the last COPY are in. */
  let folder: string | undefined;
  /** Rows that landed since. */
  let waiting = 0;
  /** Rows of a batch that did not land are among those that wait. */
  let isSpoilt = false;

  /** Has completed files sent, when others before them made room. */
  const send = async (): Promise<void> => {
    for (let file = gathered.completed.shift(); file !== undefined; file = gathered.completed.shift()) {
      const { path, byteLength } = file;
      folder ??= stage.next();
      const to = folder;
      await uploads.start(async () => {
        await stage.put(path, to, byteLength);
        rmSync(path);
      });
    }
  };

  return {
    get areKeysAscending() {
      return rowColumns.areKeysAscending;
    },
    forgetKeys: () => rowColumns.forgetKeys(),
    convert(batch) {
      const { added, tolerated } = gathered.add(batch);
      let hasLanded = false;
      return {
        rows: batch.count - batch.rejected,
        tolerated,
        async land() {
          hasLanded = true;
          waiting += added;
          await send();
          return added;
        },
        async drop() {
          if (!hasLanded) isSpoilt = true;
        },
      };
    },
    async flush(landing) {
      if (isSpoilt) throw new Error(`rows of a batch that was dropped wait for ${landing}`);
      if (waiting === 0) return;
      const sent = waiting;
      gathered.complete();
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

/** Fills the buffer with numbers in the order of arrival, one for each row. */
function numberRows(order: ColumnBuffer, count: number, first: bigint): void {
  order.clear();
  order.begin(count);
  order.data.reserve(count * 8);
  for (let index = 0; index < count; index++) order.data.view.setBigInt64(index * 8, first + BigInt(index), true);
  order.data.length = count * 8;
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
