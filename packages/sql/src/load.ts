/** Rows on their way into a table, from the first batch that lands to the merge. */
import type { TargetStream } from "@tapline/sdk";
import type { Connection } from "./connection.ts";
import type { LoadPlace } from "./dialect.ts";
import type { TargetTable } from "./target-table.ts";

/** Rows that are not merged yet. */
export interface Load extends Omit<LoadPlace, "table" | "uniqueKeys" | "isReferenced"> {
  /** Quoted. */
  landing: string;
  before: { rows: bigint; maxRowId: bigint };
  rows: number;
  /** Rows came under one definition of the stream only, so that what is known of their keys is known of all. */
  isOfOneKind: boolean;
}

/** Makes the place where rows land. `ordinal`: a number of its own for each load of a connection. */
export async function beginLoad(connection: Connection, table: TargetTable, stream: TargetStream, ordinal: number): Promise<Load> {
  const { name, columnNames: columns, isNew, mustEmpty: overwrites } = table;
  const begun = { columns, keys: table.keyColumns(stream), isNew, overwrites, ordinal };
  const { prepare, landing, look } = table.planLoad(begun);
  for (const statement of prepare) await connection.run(statement, name);
  const found = look === undefined ? undefined : (await connection.query(look, name))[0];
  const before = { rows: BigInt((found?.[0] as bigint | undefined) ?? 0), maxRowId: BigInt((found?.[1] as bigint | undefined) ?? -1) };
  return { ...begun, landing, before, rows: 0, isOfOneKind: true };
}
