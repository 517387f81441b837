/** Which files of binary COPY the server reads into a table as they are: those whose values are in the form of each column's own type. Pure. */
import { type ColumnType, elementsOf, fractionDigits, isMoney, type TargetColumn } from "@tapline/columns";
import { isMetadataColumn, type PgcopyFile, type PgFileColumn } from "@tapline/sdk";
import { type BulkTarget, type FileUse, fillsAll, hasRequired, loadedByName } from "@tapline/sql";

/** By column of a table, the server's function that reads the binary form of its type; "" where that is none of the server's own. */
export type Readers = ReadonlyMap<string, string>;

/** @param readers of the columns that the table has by now; the load makes others */
export function takesPgcopy(target: BulkTarget, file: PgcopyFile, { isNew, mayReject }: FileUse, readers: Readers): boolean {
  const { columns, requiredKeys } = target;
  if ((mayReject && !isNew) || target.deletes === "land" || target.partialRows === "land") return false;
  const byName = loadedByName(columns);
  const fit = file.columns.every((value) => {
    const column = byName.get(value.name);
    return column !== undefined && reads(column, value) && hasReader(column, readers.get(column.columnName));
  });
  const metadata = columns.filter(({ name }) => isMetadataColumn(name));
  const areOurs = metadata.every((column) => isOurs(column) && hasReader(column, readers.get(column.columnName)));
  return fit && areOurs && fillsAll(columns, file) && hasRequired(columns, requiredKeys, file.columns);
}

/** Whether the function, where it is known, reads what we write for the column. */
export function hasReader({ type }: TargetColumn, reader: string | undefined): boolean {
  return reader === undefined || (readersOf[type.kind] ?? []).includes(reader);
}

const readersOf: Partial<Record<ColumnType["kind"], readonly string[]>> = {
  boolean: ["boolrecv"],
  bigint: ["int8recv"],
  numeric: ["numeric_recv"],
  decimal: ["numeric_recv"],
  varchar: ["textrecv", "varcharrecv"],
  date: ["date_recv"],
  time: ["time_recv"],
  timestamptz: ["timestamptz_recv"],
  uuid: ["uuid_recv"],
  binary: ["bytearecv"],
  json: ["jsonb_recv", "json_recv"],
};

const isOurs = ({ name, type }: TargetColumn): boolean =>
  name !== "_sdc_sequence" ? type.kind === "timestamptz" || type.kind === "bigint" : type.kind === "bigint";

function reads({ type }: TargetColumn, { type: value, digits }: PgFileColumn): boolean {
  switch (value) {
    case "bool":
      return type.kind === "boolean";
    case "int8":
      return type.kind === "bigint";
    case "numeric":
      if (type.kind !== "decimal") return type.kind === "numeric";
      return (
        !isMoney(type) &&
        digits !== undefined &&
        digits.scale <= type.scale &&
        digits.precision - digits.scale <= type.precision - type.scale
      );
    case "text":
      return type.kind === "varchar" && Object.keys(type).length === 1;
    case "time":
    case "timestamptz":
      return type.kind === value && fractionDigits(type) === undefined;
    case "bytea":
      return type.kind === "binary";
    case "json":
      return type.kind === "json" && elementsOf(type) === undefined;
    default:
      return type.kind === value;
  }
}
