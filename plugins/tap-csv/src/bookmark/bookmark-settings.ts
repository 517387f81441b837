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
      description:
        "A column whose values only grow. Later runs send the rows whose value is at least the largest one sent before, and rows without a value. Set `keys` too: where the target appends rows, those at the largest value are appended again by each run, with a warning.",
    }),
  ),
  detect_deletes: Type.Boolean({
    default: false,
    description:
      "Set this if the files are complete exports, so that a row that is no longer in any file was deleted. When one file changes, all files are read again as a new version (ACTIVATE_VERSION), and the target deletes the rows of older versions.",
  }),
  changed_files: Type.Union([Type.Literal("fail"), Type.Literal("append"), Type.Literal("replace")], {
    default: "fail",
    description:
      "What to do with a file that was read before and has changed, where the target appends rows (streams without `keys`, or `load_method: append-only`): `fail` stops the run before a row of the file is sent; `append` sends all its rows again, with a warning; `replace` exchanges the rows that were loaded from the file, which needs `add_metadata_columns` and a target that lists `replace-source`. Rows at the end of a file that only grew are sent in any case.",
  }),
  read_again: Type.Boolean({
    default: false,
    description:
      "Reads the files of the stream from their start, although they were read before; files that were read before and are not among them keep their bookmarks. Set it for one run: each run with it sends all rows again. It has no effect with a `replication_key`.",
  }),
};

/** A setting of the whole tap, so that `tapline run --keep` can set it for one run. */
export const changedSettings = Type.Union([Type.Literal("auto"), Type.Literal("keep")], {
  default: "auto",
  description:
    "What to do when a setting that changes rows, such as `columns` or `null_values`, is not the one by which files were read: `auto` reads these files again where the target replaces rows by their keys, and otherwise stops; `keep` leaves what was loaded as it is. `tapline run --keep` sets it for one run.",
});
