/**
 * The setting `continues`, which the runner gives to targets that list the capability of this name: what the run builds on. Before it
 * reads any input, the target compares this with its ledger, so that a run never continues over a database that lacks the earlier rows.
 */
import { type Static, Type } from "../type.ts";

export const continuesSchema = Type.Object(
  {
    run_id: Type.String({ minLength: 1, description: "The run of the last commit that the project knows of" }),
    streams: Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: "The streams that the run does not read from their beginning; null: not known, so it may be any",
    }),
    bookmarks: Type.Optional(
      Type.Array(Type.String(), { description: "Where `streams` is null: the names that the state has bookmarks for" }),
    ),
  },
  { description: "What the run builds on; tapline sets it. Left out: nothing is compared, and the ledger forgets tables that are gone." },
);

export type Continues = Static<typeof continuesSchema>;

/** The codes of the errors by which a target refuses a run because its database is not the one that the run continues from. */
export const refusalsToContinue: readonly string[] = ["ledger_missing", "ledger_differs", "table_missing", "rows_missing"];
