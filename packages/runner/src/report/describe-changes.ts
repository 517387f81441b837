/** What a target changed in a table, as lines for people. */

import type { ReportedChange } from "@tapline/protocol";
import { shorten } from "@tapline/protocol/text";

interface Changed {
  stream: string;
  /** Missing in records of an earlier version. */
  changes?: readonly ReportedChange[];
}

/**
 * One line for each table that is not named like its stream, or one for all whose name is split at its dash, and one for what changed in
 * the columns of a table. A new table is not mentioned.
 */
export function describeChanges(streams: readonly Changed[]): string[] {
  const named = streams.flatMap(({ stream, changes = [] }) =>
    changes.filter(({ kind }) => kind === "table_renamed").map(({ to: table = "" }) => ({ stream, table })),
  );
  const [split, others] = [named.filter(isSplit), named.filter((one) => !isSplit(one))];
  const altered = streams.flatMap(({ stream, changes = [] }) => {
    const parts = changes.filter(({ kind }) => kind !== "table_created" && kind !== "table_renamed").map(describeChange);
    return parts.length === 0 ? [] : [`${stream}  schema: ${shorten(parts.join(", "), 200)}`];
  });
  return [...describeSplit(split), ...others.map(({ stream, table }) => `${stream}: its table is ${table}`), ...altered];
}

interface Named {
  stream: string;
  table: string;
}

function isSplit({ stream, table }: Named): boolean {
  return stream.split("-").slice(-2).join(".").toLowerCase() === table.toLowerCase();
}

function describeSplit([first, ...others]: readonly Named[]): string[] {
  if (first === undefined) return [];
  const why = "because a dash in a stream's name separates schema and table";
  if (others.length === 0) return [`${first.stream}: its table is ${first.table}, ${why}`];
  const tables = shorten([first, ...others].map(({ table }) => table).join(", "), 300);
  return [`${others.length + 1} streams have tables in schemas, ${why}: ${tables}`];
}

function describeChange({ kind, column = "", from = "", to = "" }: ReportedChange): string {
  switch (kind) {
    case "column_added":
      return `+${column}`;
    case "column_absent":
      return `${column} not sent`;
    case "column_kept_apart":
      return `${column} also in ${to}`;
    case "column_renamed":
      return `${column} as ${to}`;
    case "key_changed":
      return `key ${from || "none"} -> ${to || "none"}`;
    case "view_remade":
      return `view ${to} made again`;
    default:
      return [column, from, from !== "" && to !== "" ? "->" : "", to].filter((part) => part !== "").join(" ") || kind;
  }
}
