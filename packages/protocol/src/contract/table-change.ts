/** What a target did to a table or a name so that a stream fits: schema, type and reader. */

import { type Static, Type } from "../type.ts";
import { isObject } from "../wire/json.ts";

const tableChangeKinds = [
  "table_created",
  "table_renamed",
  "column_added",
  "column_widened",
  "column_renamed",
  "column_kept_apart",
  "column_absent",
  "key_changed",
  "view_remade",
] as const;

export const tableChangeSchema = Type.Object({
  kind: Type.Enum(tableChangeKinds),
  column: Type.Optional(Type.String({ description: "The property, where the change is about one" })),
  from: Type.Optional(Type.String({ description: "A column's type, a name, or a key" })),
  to: Type.Optional(Type.String()),
});

/**
 * One change. `column` is the property, where the change is about one. `from` and `to` are names of tables, columns and views
 * (created, renamed, remade), column types (added, widened), or keys joined by commas. For column_kept_apart, `from` is the type
 * that can't hold the values and `to` the name of the column that takes them.
 */
export type TableChange = Static<typeof tableChangeSchema>;

/** A change as any target reports it: the kind may be a word we don't know. */
export type ReportedChange = Omit<TableChange, "kind"> & { kind: string };

/** Entries without a kind are left out, and so are fields that are no text. */
export function readTableChanges(value: unknown): ReportedChange[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).flatMap(({ kind, ...fields }) => {
    if (typeof kind !== "string") return [];
    const texts = (["column", "from", "to"] as const).filter((name) => typeof fields[name] === "string");
    return [{ kind, ...Object.fromEntries(texts.map((name) => [name, fields[name]])) }];
  });
}
