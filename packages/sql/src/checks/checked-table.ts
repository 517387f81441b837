/** The table of a stream as checks see it, in the words of any session. */
import type { Connection, TableDescription } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { nameColumns } from "../names/column-names.ts";
import type { NameCase } from "../names/name-case.ts";
import type { NamingSettings, TableName } from "../names/table-name.ts";
import { findTable } from "../query/stream-select.ts";
import type { CheckedTable } from "../standard/checks.ts";

export interface CheckedNames {
  dialect: Dialect;
  naming: NamingSettings;
  nameCase: NameCase;
}

export type DescribingSession = Pick<Connection, "database" | "describe" | "tablesLike">;

/** Undefined where the stream has no table. `properties` are those that checks name. @throws name_ambiguous */
export async function findCheckedTable(
  { dialect, naming, nameCase }: CheckedNames,
  session: DescribingSession,
  stream: string,
  properties: readonly string[],
): Promise<CheckedTable | undefined> {
  const { found } = await findTable({ dialect, session, naming }, stream);
  const description = found === undefined ? null : await session.describe(found);
  if (found === undefined || description === null) return undefined;
  return checkedTable({ dialect, database: session.database, table: found, description, properties, nameCase });
}

interface Described {
  dialect: Dialect;
  database: string;
  table: TableName;
  description: TableDescription;
  properties: readonly string[];
  nameCase: NameCase;
}

/** The table with the columns of those of the properties that have one. */
export function checkedTable({ dialect: { names }, database, table, description, properties, nameCase }: Described): CheckedTable {
  const { columns, stream, ownKey } = description;
  const there = new Set(columns.map(({ name }) => name));
  const named = nameColumns(properties, columns, names, { nameCase, isOthers: stream === undefined }).names;
  return {
    name: names.qualify(database, table),
    columns: new Map([...named].filter(([, column]) => there.has(column))),
    keys: ownKey?.columns ?? [],
    marksDeleted: there.has("_sdc_deleted_at"),
  };
}
