/** What can go wrong with a verification before anything is compared. */
import type { ErrorEntry } from "@tapline/protocol";

export const verifyErrorCatalogue = {
  verify_place_malformed: {
    class: "config",
    message: (p: { text: string }) => `${JSON.stringify(p.text)} does not say where a table is`,
    hint: "Write NAME@PLUGIN, such as raw.orders@warehouse: a table, a schema or a pattern like raw.*, and a plugin of tapline.yml.",
  },
  verify_entry_unknown: {
    class: "config",
    message: (p: { name: string; known: readonly string[] }) =>
      `tapline.yml has no verification ${JSON.stringify(p.name)}${p.known.length === 0 ? "" : `; there are: ${p.known.join(", ")}`}`,
    hint: (p: { meant?: string | undefined }) =>
      p.meant === undefined
        ? "Name two places: tapline verify raw.orders@prod raw.orders@warehouse. Or add `verify` to tapline.yml."
        : `Did you mean ${p.meant}?`,
  },
  verify_nothing: {
    class: "config",
    message: () => "Nothing says what to compare",
    hint: "Name two places: tapline verify raw.orders@prod raw.orders@warehouse. Or add `verify` to tapline.yml: docs/how-to/verify.md.",
  },
  digest_missing: {
    class: "config",
    message: (p: { name: string }) => `${p.name} can't tell what its tables hold: its --about does not list digest`,
    hint: "Use a tap or target for the same database that can: docs/how-to/verify.md lists them.",
  },
  digest_unreadable: {
    class: "protocol",
    message: (p: { name: string; flag: string; start: string }) =>
      p.start === ""
        ? `The answer of ${p.name} to ${p.flag} ends too soon`
        : `${p.name} answered ${p.flag} with something else: ${JSON.stringify(p.start)}`,
    hint: "Report it to the plugin's author.",
  },
  verify_tables_apart: {
    class: "config",
    message: (p: { here: string; there: string }) => `No table of ${p.here} has the name of a table of ${p.there}`,
    hint: "Name the two tables, or schemas whose tables have the same names.",
  },
  verify_column_unknown: {
    class: "config",
    message: (p: { column: string; table: string; setting: string; known: readonly string[] }) =>
      `${p.setting} names the column ${JSON.stringify(p.column)}, which ${p.table} does not have; it has: ${p.known.slice(0, 20).join(", ")}${p.known.length > 20 ? ", …" : ""}`,
    hint: (p: { meant?: string | undefined }) => (p.meant === undefined ? "Correct the name." : `Did you mean ${p.meant}?`),
  },
  verify_no_columns: {
    class: "config",
    message: (p: { here: string; there: string }) => `${p.here} and ${p.there} have no column in common that can be compared`,
    hint: "Name columns that have another name on the second side with `rename`.",
  },
  verify_key_unfit: {
    class: "config",
    message: (p: { column: string; kind: string }) =>
      `The key column ${JSON.stringify(p.column)} is compared as ${p.kind}, and equal keys could have two texts`,
    hint: "Name another key with --key, or compare rows as a whole: --key ''.",
  },
} as const satisfies Record<string, ErrorEntry>;
