/** SQL that reads files with their columns as they are now, whatever types the files have. Pure. */
import { quoteName, quoteText, sameType, typeName } from "@tapline/columns";
import { convert, spelling } from "@tapline/duckdb";
import type { FileColumn } from "../manifest/manifest.ts";
import { typeOf } from "../stream/type-text.ts";

/** A file on this computer. `ordinal`: rows of files with larger ones are newer. */
export interface ReadableFile {
  path: string;
  columns: readonly FileColumn[];
  ordinal: number;
  /** A column that tells newer rows, where their order in files does not. */
  sequence?: string | undefined;
}

/** The row's place: larger for newer rows. */
export const rankColumn = "_tapline_rank";
/** The file's ordinal. */
export const fileColumn = "_tapline_file";

/** A SELECT of the columns, the rank and the file's ordinal, over all files; columns that a file does not have are NULL. */
export function relation(files: readonly ReadableFile[], columns: readonly FileColumn[]): string {
  if (files.length === 0)
    return `SELECT ${[...columns.map(nothing), `0::BIGINT AS ${rankColumn}, 0::BIGINT AS ${fileColumn}`].join(", ")} WHERE FALSE`;
  return files.map((file) => oneFile(file, columns)).join(" UNION ALL ");
}

function oneFile({ path, columns: own, ordinal, sequence }: ReadableFile, columns: readonly FileColumn[]): string {
  const order = sequence === undefined ? `${ordinal}::BIGINT * 1099511627776 + file_row_number` : quoteName(sequence);
  const place = `${order} AS ${rankColumn}, ${ordinal}::BIGINT AS ${fileColumn}`;
  return `SELECT ${[...selected(own, columns), place].join(", ")} FROM ${source([path])}`;
}

/** Many files of the same columns are one scan: it can read several at once. */
export function plainRelation(files: readonly Omit<ReadableFile, "ordinal">[], columns: readonly FileColumn[]): string {
  if (files.length === 0) return `SELECT ${columns.map(nothing).join(", ")} WHERE FALSE`;
  const groups = Map.groupBy(files, (file) => JSON.stringify(file.columns));
  return [...groups.values()]
    .map((group) => {
      const [{ columns: own }] = group as [ReadableFile];
      return `SELECT ${selected(own, columns).join(", ")} FROM ${source(group.map(({ path }) => path))}`;
    })
    .join(" UNION ALL ");
}

/** Each column, of a file that has its own. */
function selected(own: readonly FileColumn[], columns: readonly FileColumn[]): string[] {
  return columns.map((column) => {
    const present = own.find(({ name }) => name === column.name);
    return present === undefined ? nothing(column) : `${converted(present, column)} AS ${quoteName(column.name)}`;
  });
}

/** Rows that others put into folders named as partitions keep what the file says. */
function source(paths: readonly string[]): string {
  return `read_parquet([${paths.map(quoteText).join(", ")}], hive_partitioning = false, file_row_number = true)`;
}

function converted(present: FileColumn, wanted: FileColumn): string {
  const [from, to] = [typeOf(present.type), typeOf(wanted.type)];
  const name = quoteName(present.name);
  return sameType(from, to) ? name : convert(name, from, to);
}

function nothing({ name, type }: FileColumn): string {
  return `NULL::${typeName(spelling, typeOf(type))} AS ${quoteName(name)}`;
}
