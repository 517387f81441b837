/** The settings for what a later run reads again. */
import { Type } from "@tapline/sdk";

/** The settings of one stream that `config.ts` adds to its own. */
export const bookmarkSettings = {
  replication_method: Type.Union([Type.Literal("INCREMENTAL"), Type.Literal("FULL_TABLE")], {
    default: "INCREMENTAL",
    description:
      "`INCREMENTAL`: a run with a state reads only what is new: new and changed files, and the end of files that grew; with a `replication_key`, new rows by that key. `FULL_TABLE`: every run reads everything; use it with a target that overwrites its tables. The replication method in a catalog overrides this setting.",
  }),
  replication_key: Type.Optional(
    Type.String({
      description: "A column whose values only grow. Later runs send the rows whose value is at least the largest one sent before.",
    }),
  ),
  detect_deletes: Type.Boolean({
    default: false,
    description:
      "Set this if the files are complete exports, so that a row that is no longer in any file was deleted. When one file changes, all files are read again as a new version (ACTIVATE_VERSION), and the target deletes the rows of older versions.",
  }),
};
