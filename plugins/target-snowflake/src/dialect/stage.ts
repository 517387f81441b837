/** Statements about files: the user's own stage takes them, which needs no right beyond those of loading. */
import { columnLabel, type TargetColumn, typeName } from "@tapline/columns";
import type { Names, Types } from "@tapline/sql";
import { rowColumn } from "./names.ts";
import { quoteText as text } from "./text.ts";

/** The folder of all files of loads in the user's stage. */
export const stageRoot = "@~/tapline/";

/** `path` is absolute; `folder` is in the stage, has no characters that need quotes, and ends in "/". */
export function putFile(path: string, folder: string): string {
  return `PUT ${text(`file://${path}`)} ${folder} AUTO_COMPRESS = FALSE SOURCE_COMPRESSION = NONE OVERWRITE = FALSE`;
}

/** Loads all files of the folder; none of their rows where one can't be loaded. */
export function copyInto(
  { quote }: Pick<Names, "quote">,
  types: Types,
  landing: string,
  columns: readonly TargetColumn[],
  folder: string,
): string {
  const names = [...columns.map((column) => quote(column.columnName)), quote(rowColumn)].join(", ");
  const values = columns.map((column, index) => castOf(types, column, `$1:${columnLabel(index)}`));
  values.push(`$1:${columnLabel(columns.length)}::NUMBER(38,0)`);
  return `COPY INTO ${landing} (${names}) FROM (SELECT ${values.join(", ")} FROM ${folder})
    FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE) ON_ERROR = ABORT_STATEMENT`;
}

export const listFiles = `LIST ${stageRoot}`;

/** Also succeeds where there are none. */
export function removeFiles(folder: string): string {
  return `REMOVE ${folder}`;
}

/** The session's time zone is UTC, so an instant without zone becomes the same with one. */
function castOf(types: Types, { type }: TargetColumn, value: string): string {
  if (type.kind === "json") return `PARSE_JSON(${value}::VARCHAR)`;
  if (type.kind === "timestamptz") return `${value}::TIMESTAMP_NTZ::${types.spellings.timestamptz}`;
  return `${value}::${typeName(types, type)}`;
}
