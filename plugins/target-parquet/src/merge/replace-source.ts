/** REPLACE_SOURCE: the rows of one source leave. */
import { quoteName, quoteText } from "@tapline/columns";
import type { AnyFile } from "./any-file.ts";
import { type ChangedRows, changeRows } from "./change-rows.ts";
import { columnOf, type MergeContext, type MergeInput, type Replacement } from "./merge-input.ts";

export function dropSource(
  context: MergeContext,
  { entry }: MergeInput,
  files: readonly AnyFile[],
  { column, value }: Replacement,
): Promise<ChangedRows> {
  return changeRows(context, entry, files, `CAST(${quoteName(columnOf(entry, column))} AS VARCHAR) = ${quoteText(value)}`);
}
