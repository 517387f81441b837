/** What settings say about what a later run reads again. */
import { Type } from "@tapline/sdk";

/** Settings of one stream, for `config.ts`. */
export const bookmarkSettings = {
  replication_method: Type.Union([Type.Literal("INCREMENTAL"), Type.Literal("FULL_TABLE")], {
    default: "INCREMENTAL",
    description:
      "`INCREMENTAL`: a run with a state reads what is new: files that changed or came, from where they grew (or, with a `replication_key`, rows by that). `FULL_TABLE`: every run reads everything, as a target that overwrites its tables needs it. A catalog's replication_method goes first.",
  }),
  replication_key: Type.Optional(
    Type.String({ description: "A column whose values only grow: later runs send rows at or past its largest value." }),
  ),
  detect_deletes: Type.Boolean({
    default: false,
    description:
      "The files are whole exports: a row that is in none of them any more is gone. One changed file then means that all files are read again as a new version (ACTIVATE_VERSION), after which targets take away older rows.",
  }),
};
