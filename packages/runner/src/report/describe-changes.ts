/** What a target changed in a table, as lines for people. */

import type { ReportedChange } from "@tapline/protocol";
import { shorten } from "@tapline/protocol/text";

/** One line for a table that is not named like its stream, and one for what changed in its columns. A new table is not mentioned. */
export function describeChanges(stream: string, changes: readonly ReportedChange[]): string[] {
  const renamed = changes.filter(({ kind }) => kind === "table_renamed").map(({ to = "" }) => describeTable(stream, to));
  const parts = changes.filter(({ kind }) => kind !== "table_created" && kind !== "table_renamed").map(describeChange);
  return [...renamed, ...(parts.length === 0 ? [] : [`${stream}  schema: ${shorten(parts.join(", "), 200)}`])];
}

function describeTable(stream: string, table: string): string {
  const isSplit = stream.split("-").slice(-2).join(".").toLowerCase() === table.toLowerCase();
  return `${stream}: its table is ${table}${isSplit ? ", because a dash in a stream's name separates schema and table" : ""}`;
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
