/** What happens to a file that was read before and has changed since, where the target would append its rows a second time. */
import type { ReadContext } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { FileMark } from "./file-mark.ts";
import type { FileStat } from "./file-stat.ts";
import type { LoadForm } from "./load-form.ts";
import type { FileChange } from "./marked-files.ts";

/** The setting `changed_files`. */
export type ChangedFiles = "fail" | "append" | "replace";

/** How its rows are sent again: `upsert` where the target replaces rows by their keys. */
export type Reread = "upsert" | "append" | "replace";

/** The column by which the rows of a file are found. */
export const sourceColumn = "_sdc_source_file";

export interface ReplaceOptions {
  stream: string;
  context: Pick<ReadContext, "columns" | "target">;
  detectDeletes: boolean;
  hasReplicationKey: boolean;
}

/** Call it before the first row where `changed_files` is `replace` and the target appends. @throws replace_unusable */
export function checkReplace({ stream, context, detectDeletes, hasReplicationKey }: ReplaceOptions): void {
  const { columns, target } = context;
  const unusable = (problem: string): Error => errors.replace_unusable({ problem }, { stream });
  if (!columns.includes(sourceColumn))
    throw unusable(`rows have no column ${sourceColumn}; set add_metadata_columns to true, and select the column`);
  if (hasReplicationKey) throw unusable("with a replication_key only the new rows of a file are sent");
  if (detectDeletes) throw unusable("with detect_deletes all files are read again when one changes");
  if (target !== undefined && !target.capabilities.includes("replace-source"))
    throw unusable("the target, or a mapper before it, does not list the capability replace-source");
}

export interface ChangedFile {
  stream: string;
  name: string;
  mark: FileMark;
  stat: FileStat | undefined;
  change: FileChange;
}

/** @throws file_rewritten, replace_unusable */
export function rereadOf({ stream, name, mark, stat, change }: ChangedFile, form: LoadForm, rule: ChangedFiles): Reread {
  if (form !== "append") return "upsert";
  const position = { stream, file: name };
  if (rule === "fail") throw errors.file_rewritten({ path: name, stream, changes: describeChanges(mark, stat, change) }, position);
  if (rule === "append") return "append";
  if (mark.hasSource) return "replace";
  throw errors.replace_unusable({ problem: `the rows that were loaded from ${name} do not have its name in ${sourceColumn}` }, position);
}

function describeChanges(mark: FileMark, stat: FileStat | undefined, change: FileChange): string[] {
  const { size, mtime } = mark;
  return [
    ...(stat !== undefined && stat.size !== size ? [`its size was ${size} bytes and is ${stat.size}`] : []),
    ...(stat !== undefined && mtime !== null && stat.mtime !== mtime
      ? [`it was written at ${new Date(Number(stat.mtimeNs / 1_000_000n)).toISOString()}, before at ${mtime}`]
      : []),
    describeChange[change],
  ];
}

const describeChange: Record<FileChange, string> = {
  text: "the part of the file that was read before has changed",
  "last row": "the last row that was read got longer; the text before is the same",
  reading: "its encoding, dialect or header is now read in another way",
};
