/**
 * The statements that copy a file of canonical CSV (`BatchEncoding.canonical`) into a table: the server reads the bytes as they are, and the
 * columns that the file lacks get their values as defaults, which are there only while it is copied.
 */
import { quoteName, quoteText, type TargetColumn, typeName } from "@tapline/columns";
import type { CsvFile, WrittenRows } from "@tapline/sdk";
import { type BulkTarget, columnsOfFile, type FileUse, fillsAll, sqlConstant, takesCsv } from "@tapline/sql";
import { types } from "./types.ts";

/** A default changes the table for all who use it, and they would wait for it: only a landing table or a new table gets some. */
export function takesFile(target: BulkTarget, file: CsvFile, { isNew, landsApart, mayReject }: FileUse): boolean {
  if (!isNew && (!landsApart || mayReject)) return false;
  // COPY can leave out no cell, and has no CSV without quotes.
  const isWhole = file.quote !== null && file.columns.every((cell) => cell !== null) && fillsAll(target.columns, file);
  return isWhole && target.deletes !== "land" && target.partialRows !== "land" && takesCsv(target, file);
}

/** Of a qualified name. */
const lastName = /"(?:[^"]|"")*"$/;

export interface CsvCopy {
  prepare: string[];
  copy: string;
  finish: string[];
}

/** `sequenceName`: a name that no object of the landing table's schema has. */
export function csvCopy(columns: readonly TargetColumn[], file: WrittenRows<CsvFile>, landing: string, sequenceName: string): CsvCopy {
  const { cells, constants, sequence } = columnsOfFile(columns, file);
  const numbers = landing.replace(lastName, quoteName(sequenceName));
  const defaults = constants.map(([column, value]): [TargetColumn, string] => [
    column,
    `${sqlConstant(value)}::${typeName(types, column.type)}`,
  ]);
  if (sequence !== undefined) defaults.push([sequence.column, `nextval(${quoteText(numbers)})`]);
  const alter = (action: (value: string) => string): string[] => {
    const actions = defaults.map(([{ columnName }, value]) => `ALTER COLUMN ${quoteName(columnName)} ${action(value)}`);
    return actions.length === 0 ? [] : [`ALTER TABLE ${landing} ${actions.join(", ")}`];
  };
  const list = cells.map((column) => quoteName((column as TargetColumn).columnName)).join(", ");
  const [delimiter, quote] = [file.delimiter, file.quote as string].map(quoteText);
  return {
    prepare: [
      ...(sequence === undefined ? [] : [`CREATE SEQUENCE ${numbers} START ${sequence.from} CACHE 1000`]),
      ...alter((value) => `SET DEFAULT ${value}`),
    ],
    copy: `COPY ${landing} (${list}) FROM STDIN (FORMAT csv, DELIMITER ${delimiter}, QUOTE ${quote}, ESCAPE ${quote}, NULL '')`,
    finish: [...alter(() => "DROP DEFAULT"), ...(sequence === undefined ? [] : [`DROP SEQUENCE ${numbers}`])],
  };
}
