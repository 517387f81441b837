/** The replication key of a table whose catalog names none, where default_replication_method is INCREMENTAL. Pure. */
import type { Stream } from "@tapline/sdk";
import type { SourceTable } from "./table.ts";

const names = ["updated_at", "created_at"];

/** Only a column that the server fills: another one might not grow. Without it the table is read whole. */
export function defaultCursor({ columns }: SourceTable): Pick<Stream, "replicationKey" | "replicationMethod"> {
  const found = names.map((name) => columns.find((column) => column.name === name && column.cursor === "server-time"));
  const column = found.find((one) => one !== undefined);
  return column === undefined ? {} : { replicationKey: column.name, replicationMethod: "INCREMENTAL" };
}
