/** What a target changed in a table, on one line, for people. */

import type { ReportedChange } from "@tapline/protocol";
import { shorten } from "@tapline/protocol/text";

/** What changed in the columns of a stream's table, as one line, or [] where nothing did. A new table is not mentioned. */
export function describeChanges(stream: string, changes: readonly ReportedChange[]): string[] {
  const parts = changes.filter(({ kind }) => kind !== "table_created").map(describeChange);
  return parts.length === 0 ? [] : [`${stream}  schema: ${shorten(parts.join(", "), 200)}`];
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
    case "table_renamed":
      return `table ${to}`;
    case "key_changed":
      return `key ${from || "none"} -> ${to || "none"}`;
    case "view_remade":
      return `view ${to} made again`;
    default:
      return [column, from, from !== "" && to !== "" ? "->" : "", to].filter((part) => part !== "").join(" ") || kind;
  }
}
