/** Where the rows of a stream land, from the first batch to the merge. */
import type { TargetStream } from "@tapline/sdk";
import type { Connection } from "../connection.ts";
import type { TableSize } from "../dialect/merge.ts";
import type { LoadStart, TargetTable } from "./target-table.ts";

/** Rows that are not merged yet. */
export interface Landing extends LoadStart {
  /** The table that batches go to, quoted. */
  table: string;
  before: TableSize;
  rows: number;
  /** All rows arrived under one definition of the stream, so what is known of the keys of some holds for all. */
  isUniform: boolean;
}

/** Makes the landing table. `ordinal`: a different number for each load of a connection. */
export async function openLanding(connection: Connection, table: TargetTable, stream: TargetStream, ordinal: number): Promise<Landing> {
  const request = { columns: table.columnNames, keys: table.keyColumns(stream), ...table.loadState, ordinal };
  const { prepare, landing, look } = table.planLoad(request);
  for (const statement of prepare) await connection.run(statement, table.name);
  const found = look === undefined ? undefined : (await connection.query(look, table.name))[0];
  const before = { rows: BigInt((found?.[0] as bigint | undefined) ?? 0), maxRowId: BigInt((found?.[1] as bigint | undefined) ?? -1) };
  return { ...request, table: landing, before, rows: 0, isUniform: true };
}
