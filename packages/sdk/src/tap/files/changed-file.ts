/** What happens to a file that was read before and has changed since, where the target would append its rows a second time. */
import type { ReadContext } from "../define.ts";
import { fileErrors as errors } from "./errors.ts";
import type { LoadForm } from "./load-form.ts";

/** The setting `changed_files`. */
export type ChangedFiles = "fail" | "append" | "replace";
/** How its rows are sent again: `upsert` where the target replaces rows by their keys. */
export type Reread = "upsert" | "append" | "replace";

/** The column by which the rows of a file are found. */
export const sourceColumn = "_sdc_source_file";

export interface ReplaceUse {
  stream: string;
  context: Pick<ReadContext, "columns" | "target">;
  /** Why this stream's rows can't be replaced by file, beside the reasons that are the same for all taps. */
  unusable?: string | undefined;
}

/**
 * Call it before the first row where `changed_files` is `replace` and the target appends. @throws replace_unusable
 * @example if (loadFormOf(context) === "append" && changed_files === "replace") checkReplace({ stream, context });
 */
export function checkReplace({ stream, context, unusable }: ReplaceUse): void {
  const { columns, target } = context;
  const refuse = (problem: string): Error => errors.replace_unusable({ problem }, { stream });
  if (!columns.includes(sourceColumn))
    throw refuse(`rows have no column ${sourceColumn}; set add_metadata_columns to true, and select the column`);
  if (unusable !== undefined) throw refuse(unusable);
  if (target !== undefined && !target.capabilities.includes("replace-source"))
    throw refuse("the target, or a mapper before it, does not list the capability replace-source");
}

export interface ChangedFile {
  stream: string;
  name: string;
  /** Whether the rows that were loaded have the file's name in `sourceColumn`. */
  hasSource: boolean;
  /** What is known of the change, each as half a sentence. */
  changes: readonly string[];
}

/**
 * How the rows of a changed file are sent again. @throws file_rewritten, replace_unusable
 * @example const reread = rereadOf({ stream, name, hasSource: true, changes: ["its size was 7 bytes and is 9"] }, "append", "replace");
 */
export function rereadOf({ stream, name, hasSource, changes }: ChangedFile, form: LoadForm, rule: ChangedFiles): Reread {
  if (form !== "append") return "upsert";
  const position = { stream, file: name };
  if (rule === "fail") throw errors.file_rewritten({ path: name, stream, changes }, position);
  if (rule === "append") return "append";
  if (hasSource) return "replace";
  throw errors.replace_unusable({ problem: `the rows that were loaded from ${name} do not have its name in ${sourceColumn}` }, position);
}

/**
 * Sentences that say how the size or the time of a file differs from what it was. `mtime`: ISO 8601; null: it is not known.
 * @example describeStatChange({ size: 7, mtime: null }, await statFile(path, {})) // ["its size was 7 bytes and is 9"]
 */
export function describeStatChange(
  { size, mtime }: { size: number; mtime: string | null },
  stat: { size: number; mtime: string | null; mtimeNs: bigint } | undefined,
): string[] {
  return [
    ...(stat !== undefined && stat.size !== size ? [`its size was ${size} bytes and is ${stat.size}`] : []),
    ...(stat !== undefined && mtime !== null && stat.mtime !== mtime
      ? [`it was written at ${new Date(Number(stat.mtimeNs / 1_000_000n)).toISOString()}, before at ${mtime}`]
      : []),
  ];
}
