/** Which tables a log of changes can tell rightly, and what to do about the others. Pure. */
import { tableName } from "@tapline/sql-tap";
import type { MysqlTable } from "../discover/tables.ts";
import { tableSql } from "../quote.ts";

export interface Obstacle {
  why: string;
  remedy: string;
}

export interface FollowedTable {
  table: MysqlTable;
  keys: readonly string[];
  hasConditions: boolean;
}

/** Undefined: nothing is in the way. */
export function obstacleOf({ table, keys, hasConditions }: FollowedTable): Obstacle | undefined {
  const readOtherwise = "set its replication-method to FULL_TABLE or INCREMENTAL in metadata";
  if (table.isView) return { why: "it is a view, and only changes of tables are in the log", remedy: `For this stream, ${readOtherwise}.` };
  if (table.isVersioned)
    return {
      why: "the server keeps old versions of its rows, which are rows in the log too",
      remedy: `For this stream, ${readOtherwise}.`,
    };
  if (table.engine?.toLowerCase() !== "innodb")
    return {
      why: `its engine ${table.engine} has no snapshot that the log could go on from`,
      remedy: `ALTER TABLE ${tableSql(table)} ENGINE = InnoDB, or ${readOtherwise}.`,
    };
  if (hasConditions)
    return {
      why: "stream_options has conditions for it, which changes are not measured by",
      remedy: `Take them out, or ${readOtherwise}.`,
    };
  if (keys.length === 0)
    return {
      why: "it has no key, so an update or delete finds no row",
      remedy: `ALTER TABLE ${tableSql(table)} ADD PRIMARY KEY (…). Or name columns that identify a row, with table-key-properties in metadata. Or ${readOtherwise}.`,
    };
  const unknown = keys.filter((key) => !table.columns.some(({ name, isInLog }) => name === key && isInLog));
  if (unknown.length > 0)
    return {
      why: `${tableName(table)} has no column ${unknown.join(", ")} that the log has`,
      remedy: `Name others as keys, or ${readOtherwise}.`,
    };
  return undefined;
}
