/** The failures of taps for SQL databases. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

export const sqlTapErrorCatalogue = {
  stream_names_collide: {
    class: "config",
    message: (p: { stream: string; tables: readonly string[] }) =>
      `The tables ${p.tables.join(" and ")} both give the stream ${JSON.stringify(p.stream)}`,
    hint: "Choose one of them with filter_schemas or filter_tables, and read the other with a second tap.",
  },
  columns_gone: {
    class: "config",
    message: (p: { table: string; stream: string; columns: readonly string[] }) =>
      `${p.table} has no column ${p.columns.map((name) => JSON.stringify(name)).join(", ")} that may be read, but the catalog selects it`,
    hint: (p: { stream: string; columns: readonly string[] }) =>
      `Discover again (in a project: --refresh-catalog; otherwise --discover), grant SELECT on it where the database has rights, or leave it out: select: ["!${p.stream}.${p.columns[0]}"] in tapline.yml.`,
  },
  cursor_unusable: {
    class: "config",
    message: (p: { column: string; type: string }) =>
      `${JSON.stringify(p.column)} can't be a replication key: values of the type ${p.type} have no order that a bookmark could use`,
    hint: "Choose a column that grows: a time, a number, text or a uuid. Or set the replication method to FULL_TABLE.",
  },
  range_unfit: {
    class: "config",
    message: (p: { column: string; type: string }) =>
      `start_date and end_date choose rows by time, and the replication key ${JSON.stringify(p.column)} is ${p.type}`,
    hint: "Choose a replication key that is a time or a date, leave out the stream, or leave out start_date and end_date.",
  },
  range_bound_invalid: {
    class: "config",
    message: (p: { setting: string; value: string }) => `${p.setting} ${JSON.stringify(p.value)} is not a day or an instant`,
    hint: "Write it as 2026-01-31 or 2026-01-31T10:00:00Z.",
  },
  range_inside_day: {
    class: "config",
    message: (p: { setting: string; value: string; column: string }) =>
      `${p.setting} ${JSON.stringify(p.value)} is inside a day, and the replication key ${JSON.stringify(p.column)} is a date`,
    hint: "Give days without a time.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const sqlTapErrors = defineErrors(sqlTapErrorCatalogue);
