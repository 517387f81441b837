/**
 * ACTIVATE_VERSION in SQL that databases share: what happens to rows of versions older than the active one. Pure.
 *
 * A row without a version is older when an earlier run loaded it: taps that send versions now did not always do so.
 */
import type { Activation } from "@tapline/sdk";
import type { VersionedTable } from "../dialect/merge.ts";
import type { MergeWords } from "./merge.ts";

export function planActivation(
  { quote, rowId, tableOrder = rowId }: MergeWords,
  versioned: VersionedTable,
  activation: Activation,
): string | undefined {
  const { table, keys, isAppend } = versioned;
  const column = (name: string): string => quote(versioned.columnOf(name));
  const { version, syncStartedAt, hardDelete } = activation;
  const isOlder = `(${column("_sdc_table_version")} < ${version} OR (${column("_sdc_table_version")} IS NULL AND coalesce(${column("_sdc_sync_started_at")}, 0) < ${syncStartedAt}))`;
  const isThere = `${column("_sdc_deleted_at")} IS NULL`;
  if (!isAppend && hardDelete) return `DELETE FROM ${table} WHERE ${isOlder}`;
  if (!isAppend) return `UPDATE ${table} SET ${column("_sdc_deleted_at")} = '${activation.at}' WHERE ${isThere} AND ${isOlder}`;
  if (keys.length === 0) return undefined;
  const list = keys.map(quote).join(", ");
  const used = ["_sdc_table_version", "_sdc_sync_started_at", "_sdc_deleted_at"].map(column).join(", ");
  const newest = `SELECT ${list}, ${used}, row_number() OVER (PARTITION BY ${list} ORDER BY ${column("_sdc_sequence")} DESC NULLS LAST, ${tableOrder} DESC) AS _tapline_place FROM ${table}`;
  const tombstone: Record<string, string> = {
    _sdc_extracted_at: `'${activation.at}'`,
    _sdc_received_at: `'${activation.at}'`,
    _sdc_batched_at: `'${activation.at}'`,
    _sdc_deleted_at: `'${activation.at}'`,
    _sdc_sequence: String(activation.sequence),
    _sdc_table_version: String(version),
    _sdc_sync_started_at: String(syncStartedAt),
  };

  const hasKeys = keys.map((key) => `${quote(key)} IS NOT NULL`).join(" AND ");
  return `INSERT INTO ${table} (${list}, ${Object.keys(tombstone).map(column).join(", ")})
    SELECT ${list}, ${Object.values(tombstone).join(", ")} FROM (${newest}) AS newest WHERE _tapline_place = 1 AND ${hasKeys} AND ${isThere} AND ${isOlder}`;
}
