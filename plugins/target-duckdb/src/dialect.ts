/** DuckDB's SQL as far as it depends on no table: quoting and types. Pure. */
import type { TableName } from "./table-name.ts";
import type { ColumnType } from "./type-map.ts";

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** With the database's name: a schema called like the database would be ambiguous without it. */
export function qualify(database: string, name: TableName): string {
  return `${quote(database)}.${quote(name.schema)}.${quote(name.table)}`;
}

export function sqlType(type: ColumnType): string {
  return type.kind === "decimal"
    ? `DECIMAL(${type.precision},${type.scale})`
    : type.kind.toUpperCase().replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE");
}

/**
 * How values of `wanted` are stored in an existing column so that each arrives exactly (or is refused by itself):
 * the type to convert them to, null where the column can't hold them all. `existing` is a type as DuckDB spells it.
 */
export function storedAs(wanted: ColumnType, existing: string): ColumnType | null {
  if (sqlType(wanted) === existing) return wanted;
  if (existing === "VARCHAR") return { kind: "varchar" };
  if (existing === "JSON") return { kind: "json" };
  if (wanted.kind === "bigint" && existing === "HUGEINT") return wanted;
  if (wanted.kind === "bigint" && existing === "DOUBLE") return { kind: "double" };
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(existing);
  if (decimal === null) return null;
  const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
  const needed =
    wanted.kind === "bigint"
      ? { whole: 19, scale: 0 }
      : wanted.kind === "decimal"
        ? { whole: wanted.precision - wanted.scale, scale: wanted.scale }
        : null;
  return needed !== null && precision - scale >= needed.whole && scale >= needed.scale ? { kind: "decimal", precision, scale } : null;
}
