/** The columns that a stream's rows are fed to, and what is to be known of the stream meanwhile. Pure. */
import { isDeleteRecord, type Row, type RowChunk } from "@tapline/sdk";
import type { StreamColumns } from "../target-column.ts";
import { type Column, type FeedColumn, fedColumn } from "./fed-column.ts";
import type { UnknownFields } from "./unknown-fields.ts";

export interface FeedOptions extends Omit<StreamColumns, "columns"> {
  columns: readonly FeedColumn[];
  /** Called before each chunk. It returns a function that takes back all that was appended since. */
  mark?: () => () => void;
}

export interface FedStream {
  readonly stream: string;
  readonly allColumns: readonly Column[];
  /** Those that take a property each. */
  readonly columns: readonly Column[];
  /** The column that takes all unknown fields. */
  readonly extra: Column | undefined;
  /** The column that takes the names of unchanged columns; undefined where no row may leave any unchanged. */
  readonly unchangedList: Column | undefined;
  /** The key whose order is followed: a single one, whose values are equal only where they are spelled alike. */
  readonly followed: Column | undefined;
  /** The properties that have columns. */
  readonly names: ReadonlySet<string>;
  readonly unknownFields: UnknownFields;
  readonly deletes: StreamColumns["deletes"];
}

const refused: UnknownFields = { policy: "fail", deselected: new Set() };

export function fedStream({ stream, columns, requiredKeys, rules = {}, unknownFields = refused, deletes }: FeedOptions): FedStream {
  const allColumns = columns.map((column) => fedColumn(column, requiredKeys, rules));
  const own = allColumns.filter(({ isExtra, isUnchangedList }) => isExtra !== true && isUnchangedList !== true);
  const keys = own.filter((column) => column.isKey);
  return {
    stream,
    allColumns,
    columns: own,
    extra: allColumns.find((column) => column.isExtra === true),
    unchangedList: allColumns.find((column) => column.isUnchangedList === true),
    followed: keys.length === 1 ? keys.find(areSpelledAlike) : undefined,
    names: new Set(own.filter((column) => !column.isRetired).map((column) => column.name)),
    unknownFields,
    deletes,
  };
}

function areSpelledAlike({ type, equatesTexts }: Column): boolean {
  return type.kind === "bigint" || (type.kind === "varchar" && equatesTexts !== true && type.isChecked !== true);
}

export const isThere = (value: unknown): boolean => value !== null && value !== undefined;

/** The row needs no value in the column, though the column takes no NULL. */
export function mayLack({ deletes }: FedStream, column: Column, row: Row, { unchanged }: RowChunk): boolean {
  if (column.isKey) return false;
  return (deletes !== undefined && isDeleteRecord(row)) || unchanged?.get(row)?.includes(column.name) === true;
}
