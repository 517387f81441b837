/** What can be wrong with what was typed, beyond what oclif checks. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const cliErrorCatalogue = {
  state_id_malformed: {
    class: "config",
    message: (p: { id: string }) => `${JSON.stringify(p.id)} is no state id`,
    hint: "It has the form environment:tap-to-target, such as dev:tap-csv-to-target-duckdb, with an optional :suffix. See: tapline state list",
  },
  state_not_json: {
    class: "config",
    message: (p: { reason: string }) => `The state is not JSON: ${p.reason}`,
    hint: `Give one JSON object, for example '{"bookmarks":{}}', or - to read it from stdin.`,
  },
  state_not_kept: {
    class: "config",
    message: (p: { id: string; known: readonly string[] }) =>
      `No state is kept under ${p.id}${p.known.length === 0 ? "" : `; kept: ${p.known.join(", ")}`}`,
    hint: (p: { meant?: string | undefined }) => (p.meant === undefined ? "See: tapline state list" : `Did you mean ${p.meant}?`),
  },
} as const satisfies Record<string, ErrorEntry>;

export const usage = defineErrors(cliErrorCatalogue);
