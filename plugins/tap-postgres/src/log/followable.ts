/** Which tables a log of changes can tell rightly, and what to do about the others. Pure. */
import { type TargetFacts, takesPartialRows } from "@tapline/sdk";
import { type SourceTable, tableName } from "@tapline/sql-tap";
import type { TableFacts } from "./table-facts.ts";

export interface Obstacle {
  why: string;
  remedy: string;
}

export interface FollowedStream {
  table: SourceTable;
  facts: TableFacts | undefined;
  keys: readonly string[];
  /** The columns that are read. */
  names: readonly string[];
  hasConditions: boolean;
  target: TargetFacts | undefined;
}

/** Undefined: nothing is in the way. */
export function obstacleOf({ table, facts, keys, names, hasConditions, target }: FollowedStream): Obstacle | undefined {
  const name = tableName(table);
  const readOtherwise = "set its replication-method to FULL_TABLE or INCREMENTAL in metadata";
  if (facts === undefined || (facts.kind !== "r" && facts.kind !== "p"))
    return { why: "it is no table, and only changes of tables are in the log", remedy: `For this stream, ${readOtherwise}.` };
  if (facts.persistence !== "p")
    return { why: "changes of an unlogged table are not in the log", remedy: `ALTER TABLE ${name} SET LOGGED, or ${readOtherwise}.` };
  if (facts.hasChildren)
    return { why: "other tables INHERIT it, and their changes are not its own in the log", remedy: `Use partitions, or ${readOtherwise}.` };
  if (hasConditions)
    return {
      why: "stream_options has conditions for it, which changes are not measured by",
      remedy: `Take them out, or ${readOtherwise}.`,
    };
  if (keys.length === 0)
    return {
      why: "it has no key, so an update or delete finds no row",
      remedy: `ALTER TABLE ${name} ADD PRIMARY KEY (…). Or name columns that identify a row, with table-key-properties in metadata, and ALTER TABLE ${name} REPLICA IDENTITY FULL. Or ${readOtherwise}.`,
    };
  const unknown = keys.filter((key) => facts.columns.find((column) => column.name === key)?.isIdentity !== true);
  if (unknown.length > 0)
    return {
      why: `updates and deletes in the log lack the old ${unknown.map((key) => JSON.stringify(key)).join(", ")}, for its replica identity is ${identityWords[facts.identity] ?? facts.identity}`,
      remedy: `ALTER TABLE ${name} REPLICA IDENTITY USING INDEX … (a unique index over the key), or REPLICA IDENTITY FULL. Or ${readOtherwise}.`,
    };
  const large = facts.columns.filter((column) => column.isToastable && names.includes(column.name) && !keys.includes(column.name));
  if (facts.identity !== "f" && large.length > 0 && takesPartialRows(target) === false)
    return {
      why: `an update leaves large values out of the log where they did not change (${large.map((column) => JSON.stringify(column.name)).join(", ")}), and this target keeps no value of a row that is loaded`,
      remedy: `ALTER TABLE ${name} REPLICA IDENTITY FULL, which logs the whole old row; or load it with upsert into a target that lists partial-records. Or ${readOtherwise}.`,
    };
  return undefined;
}

const identityWords: Readonly<Record<string, string>> = { d: "the primary key", i: "an index", n: "NOTHING", f: "FULL" };
