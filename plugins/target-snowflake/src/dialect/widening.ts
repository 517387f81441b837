/**
 * How a column gets a wider type, in steps that each commit: another column takes the values, then the two change their names. Where a
 * load is killed between two steps, the names of the columns show how far it came, and `repairWidenings` ends it or starts it over.
 */
import { type ColumnType, typeName } from "@tapline/columns";
import { fitName, type Names, type Types, type WidenedColumn } from "@tapline/sql";
import { quoteText as text } from "./text.ts";

type Spelling = Pick<Names, "quote" | "fold" | "maxNameBytes">;

const [fresh, former] = ["_tapline_new_", "_tapline_old_"] as const;

export function alterColumn(names: Spelling, types: Types, table: string, { name, from, to, comment }: WidenedColumn): string[] {
  const [before, after] = [typeName(types, from), typeName(types, to)];
  if (before === after) return [];
  if (isInPlace(from, to)) return [`ALTER TABLE ${table} ALTER COLUMN ${names.quote(name)} SET DATA TYPE ${after}`];
  const { column, next, old } = namesOf(names, name);
  const noted = comment === undefined ? "" : ` COMMENT ${text(comment)}`;
  return [
    `ALTER TABLE ${table} DROP COLUMN IF EXISTS ${next}`,
    `ALTER TABLE ${table} ADD COLUMN ${next} ${after}${noted}`,
    `UPDATE ${table} SET ${next} = ${types.convert(column, from, to)} WHERE ${column} IS NOT NULL`,
    ...swap(table, { column, next, old }),
    ...finish(types, table, { column, old }, from, to),
  ];
}

/** A described column, by its name as it is in the table. */
export interface FoundColumn {
  name: string;
  type: string;
}

/** The statements that end or undo what a killed load left half done; none for whole tables. `find`: the exact name of a column. */
export function repairWidenings(names: Spelling, types: Types, table: string, columns: readonly FoundColumn[]): string[] {
  const typeOf = (name: string): ColumnType | null => {
    const found = columns.find((column) => names.fold(column.name) === names.fold(name));
    return found === undefined ? null : types.typeOf(found.type);
  };
  return columns.flatMap(({ name: found }) => {
    const begins = (start: string): boolean => found.startsWith(names.fold(start));
    const name = found.slice(fresh.length);
    const parts = namesOf(names, name);
    const [now, next, old] = [typeOf(name), typeOf(nameWhile(fresh, names, name)), typeOf(nameWhile(former, names, name))];
    if (begins(fresh) && now !== null) return old === null ? [`ALTER TABLE ${table} DROP COLUMN ${parts.next}`] : [];
    if (!begins(former) || old === null) return [];
    if (now !== null) return finish(types, table, parts, old, now);
    if (next === null) return [];
    return [rename(table, parts.next, parts.column), ...finish(types, table, parts, old, next)];
  });
}

interface ColumnNames {
  column: string;
  next: string;
  old: string;
}

function namesOf(names: Spelling, name: string): ColumnNames {
  const { quote } = names;
  return { column: quote(name), next: quote(nameWhile(fresh, names, name)), old: quote(nameWhile(former, names, name)) };
}

function nameWhile(start: string, rules: Spelling, name: string): string {
  return fitName(start + name, rules);
}

const rename = (table: string, from: string, to: string): string => `ALTER TABLE ${table} RENAME COLUMN ${from} TO ${to}`;

function swap(table: string, { column, next, old }: ColumnNames): string[] {
  return [rename(table, column, old), rename(table, next, column)];
}

/** Also takes the values of rows that others inserted between the copy and the swap. */
function finish(
  types: Types,
  table: string,
  { column, old }: Pick<ColumnNames, "column" | "old">,
  from: ColumnType,
  to: ColumnType,
): string[] {
  return [
    `UPDATE ${table} SET ${column} = ${types.convert(old, from, to)} WHERE ${column} IS NULL AND ${old} IS NOT NULL`,
    `ALTER TABLE ${table} DROP COLUMN ${old}`,
  ];
}

/** Snowflake changes these without a copy: longer texts, and more digits of the same scale. */
function isInPlace(from: ColumnType, to: ColumnType): boolean {
  if (from.kind === "varchar") return to.kind === "varchar";
  const [before, after] = [digitsOf(from), digitsOf(to)];
  return before !== undefined && after !== undefined && before.scale === after.scale && before.precision <= after.precision;
}

function digitsOf(type: ColumnType): { precision: number; scale: number } | undefined {
  if (type.kind === "decimal") return type;
  return type.kind === "bigint" || type.kind === "hugeint" ? { precision: 38, scale: 0 } : undefined;
}
