/**
 * Describes tables from DuckDB's catalog: their columns, and what would be lost if they were dropped and made again. Each query reads the
 * whole catalog, so the first one describes all tables at once: no other process can write to the file.
 */
import { quoteText } from "@tapline/columns";
import {
  type Connection,
  type FoundTable,
  foldCase,
  keyOfComment,
  streamOfComment,
  type TableDescription,
  type TableName,
  tableCommentStart,
} from "@tapline/sql";

type Query = Connection["query"];

export interface TableDescriber {
  /** Null when nothing has this name. From the second call on, a table is described as it is now, because the load may have changed it. */
  describe(table: TableName): Promise<TableDescription | null>;
  tablesLike(schema: string, names: readonly string[]): Promise<FoundTable[]>;
}

export function tableDescriber(query: Query): TableDescriber {
  const asked = new Set<string>();
  let atFirst: Promise<Map<string, TableDescription>> | undefined;
  const describeAll = (): Promise<Map<string, TableDescription>> => {
    atFirst ??= describeTables(query, () => "TRUE");
    return atFirst;
  };
  const look = async (table: TableName): Promise<TableDescription | null> => {
    const key = keyOf(table.schema, table.table);
    // Tables that the load makes for itself exist when they are described first.
    if (!asked.has(key) && !table.table.startsWith("_tapline_")) return (await describeAll()).get(key) ?? null;
    const only = (schema: string, name: string): string =>
      `lower(${schema}) = lower(${quoteText(table.schema)}) AND lower(${name}) = lower(${quoteText(table.table)})`;
    return (await describeTables(query, only)).get(key) ?? null;
  };
  return {
    async describe(table) {
      const found = look(table);
      asked.add(keyOf(table.schema, table.table));
      return found;
    },
    async tablesLike(schema, names) {
      const found = await Promise.all(names.map(async (table) => ({ table, description: await look({ schema, table }) })));
      return found.flatMap(({ table, description }) =>
        description === null ? [] : [{ table, stream: description.stream, isTable: description.notTable === undefined }],
      );
    },
  };
}

/** The tables and views of the schema, and the streams that loads made them for. */
export async function tablesIn(query: Query, schema: string) {
  const among = `database_name = current_database() AND schema_name = ${quoteText(schema)}`;
  const rows = await query(
    `SELECT '=' || table_name, comment FROM duckdb_tables() WHERE ${among} AND NOT starts_with(table_name, '_tapline_')
      UNION ALL SELECT '=' || view_name, comment FROM duckdb_views() WHERE ${among} AND NOT internal`,
  );
  return rows.map(([name, comment]) => ({ table: nameOf(name), stream: streamOfComment(comment as string | null) }));
}

/** SQL's lower() folds letters that DuckDB's catalog keeps apart. */
function keyOf(schema: string, table: string): string {
  return JSON.stringify([foldCase(schema), foldCase(table)]);
}

/** `among`: SQL that is true for the wanted tables, and perhaps for some others. */
async function describeTables(query: Query, among: (schema: string, table: string) => string): Promise<Map<string, TableDescription>> {
  const columns = await query(
    `SELECT '=' || c.schema_name, '=' || c.table_name, '=' || c.column_name, c.data_type, v.view_name IS NOT NULL, NOT c.is_nullable, c.comment, contains(upper(t.sql), ' COLLATE '), t.comment
       FROM duckdb_columns() AS c LEFT JOIN duckdb_views() AS v
         ON v.database_name = c.database_name AND v.schema_name = c.schema_name AND v.view_name = c.table_name
       LEFT JOIN duckdb_tables() AS t
         ON t.database_name = c.database_name AND t.schema_name = c.schema_name AND t.table_name = c.table_name
      WHERE c.database_name = current_database() AND ${among("c.schema_name", "c.table_name")}
      ORDER BY c.column_index`,
  );
  const tables = new Map<string, TableDescription>();
  if (columns.length === 0) return tables;
  const uniqueKeys = Map.groupBy(await query(uniqueKeysQuery(among)), ([schema, table]) => keyOf(nameOf(schema), nameOf(table)));
  const dependents = await query(dependentsQuery(among));
  const withDependents = new Set(dependents.map(([schema, table]) => keyOf(nameOf(schema), nameOf(table))));
  for (const [schema, table, name, type, isView, isRequired, comment, hasCollation, tableComment] of columns) {
    const key = keyOf(nameOf(schema), nameOf(table));
    const description = tables.get(key) ?? {
      notTable: isView === true ? "view" : undefined,
      columns: [],
      stream: streamOfComment(tableComment === null ? null : String(tableComment)),
      notedKey: keyOfComment(tableComment === null ? null : String(tableComment)),
      uniqueKeys: (uniqueKeys.get(key) ?? []).map(([, , names]) => (names as { items: string[] }).items),
      hasDependents: withDependents.has(key),
      isReferenced: false,
    };
    tables.set(key, description);
    description.columns.push({
      name: nameOf(name),
      type: String(type),
      isRequired: isRequired === true,
      comment: comment === null ? undefined : String(comment),
      // The catalog does not list which columns have the collation.
      ...(hasCollation === true && { equatesTexts: true }),
    });
  }
  return tables;
}

/** The "=" in front of a name keeps the client from dropping a leading U+FEFF, which badly read CSV headers have. */
export function nameOf(found: unknown): string {
  return String(found).slice(1);
}

/**
 * Indexes, constraints, defaults and comments are lost with a table that is dropped; views find the new one by its name. The comments that
 * loads gave to columns are made again.
 */
function dependentsQuery(among: (schema: string, table: string) => string): string {
  const of = (source: string, condition = "TRUE", table = "table_name"): string =>
    `SELECT '=' || schema_name, '=' || ${table} FROM ${source}() WHERE database_name = current_database() AND ${among("schema_name", table)} AND ${condition}`;
  return [
    of("duckdb_indexes"),
    of("duckdb_constraints"),
    of("duckdb_constraints", "referenced_table IS NOT NULL", "referenced_table"),
    of("duckdb_tables", `NOT starts_with(comment, ${quoteText(tableCommentStart)})`),
    of("duckdb_columns", "(comment NOT LIKE 'tapline: property %' OR column_default IS NOT NULL)"),
  ].join(" UNION ");
}

/** Only constraints: a unique index refuses a row even when the old row with its key was deleted in the same transaction (DuckDB 1.5). */
function uniqueKeysQuery(among: (schema: string, table: string) => string): string {
  return `SELECT '=' || schema_name, '=' || table_name, constraint_column_names FROM duckdb_constraints()
    WHERE database_name = current_database() AND constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND ${among("schema_name", "table_name")}`;
}
