/** The columns of a stream's table: as records of its rows, and what records that lack values mean for them. Pure. */
import type { TargetColumn } from "@tapline/columns";
import { deletedAtColumn, encodeRecord, isMetadataColumn, parseExact, type Row } from "@tapline/sdk";
import type { ExistingColumn } from "../connection.ts";
import type { DeleteRecords, LoadRequest } from "../dialect/merge.ts";

/** A column of landing tables: it takes the names of the columns that a row leaves unchanged. */
export const unchangedList: TargetColumn = {
  name: "",
  columnName: "_tapline_unchanged",
  type: { kind: "varchar" },
  isUnchangedList: true,
};

export function isDeletedAt({ name, isRetired, isExtra }: TargetColumn): boolean {
  return name === deletedAtColumn && !isRetired && !isExtra;
}

/** A row of the table, as JSON text by column, as the record that it came from. What the record lacked is null. */
export function recordOf(columns: readonly TargetColumn[], row: string): string {
  const fields = Object.entries(parseExact(row) as Row).flatMap(([column, value]): [string, unknown][] => {
    const found = columns.find(({ columnName, isRetired }) => columnName === column && !isRetired);
    if (found === undefined) return [];
    if (!found.isExtra) return [[found.name, value]];
    return typeof value === "object" && value !== null ? Object.entries(value) : [];
  });
  return encodeRecord(Object.fromEntries(fields));
}

/** What a load has to know of the table as it was found. */
export interface TableFacts {
  /** Columns that a load can write, those of the stream or not. */
  writable: readonly string[];
  /** Columns that take no NULL. */
  required: readonly string[];
  /** Sets of columns that the database keeps unique. */
  uniqueKeys: readonly (readonly string[])[];
  /** Foreign keys of other tables point at it. */
  isReferenced: boolean;
}

export function foundColumns(columns: readonly ExistingColumn[]): Pick<TableFacts, "writable" | "required"> {
  return {
    writable: columns.filter(({ isGenerated, isNumbered }) => !isGenerated && !isNumbered).map(({ name }) => name),
    required: columns.filter(({ isRequired, refusesNull }) => isRequired || refusesNull).map(({ name }) => name),
  };
}

export interface DeletesInTable {
  /** What such records do to rows. */
  does: "mark" | "remove";
  /** Columns that take no NULL. */
  required: readonly string[];
  sequence: string | undefined;
}

/** What records with `_sdc_deleted_at` do in a load. Undefined where they are rows like any other. */
export function deleteRecords(
  all: readonly TargetColumn[],
  { columns, keys }: Pick<LoadRequest, "columns" | "keys">,
  { does, required, sequence }: DeletesInTable,
): DeleteRecords | undefined {
  const deletedAt = all.find(isDeletedAt)?.columnName;
  if (keys.length === 0 || deletedAt === undefined) return undefined;
  const metadata = all.filter(({ name, columnName }) => isMetadataColumn(name) && columns.includes(columnName));
  return {
    deletedAt,
    metadata: metadata.map(({ columnName }) => columnName),
    removes: does === "remove",
    required: required.filter((column) => columns.includes(column) && !keys.includes(column)),
    sequence,
  };
}
