/** Records that delete the row of their key: they have a value in `_sdc_deleted_at`, and need no other values than their keys. Pure. */
import { deletedAtColumn, type Row } from "@tapline/sdk";

/** A batch has such a record, and the rows land where there may be none. Thrown before any row of its chunk counts. */
export class DeletesArrived extends Error {}

export function isDelete(row: Row): boolean {
  return row[deletedAtColumn] !== null && row[deletedAtColumn] !== undefined;
}

/** Whether all rows that lack the value are such records. */
export function areDeletesAlone(rows: readonly Row[], values: readonly unknown[]): boolean {
  return rows.every((row, at) => (values[at] !== null && values[at] !== undefined) || isDelete(row));
}
