/** Answers a digest's questions in a DuckDB that is open for reading: tables and views of a database, or views of files that a plugin made. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteName, quoteText } from "@tapline/columns";
import { type DigestSource, type DigestTableName, TaplineError } from "@tapline/sdk";
import { digestSource, type FoundRelation, keyOfComment } from "@tapline/sql";
import { openResult } from "../open-result.ts";
import { explainQuery, readingStatement } from "../read-rows.ts";
import { digestDialect } from "./dialect.ts";

type Api = typeof import("@duckdb/node-api");

export interface DuckdbDigest {
  api: Api;
  connection: DuckDBConnection;
  /** Where the tables are, for people. */
  location: string;
  /** The schema of tables whose name has none; undefined where tables have no schema. */
  defaultSchema: string | undefined;
  /** What is known of a table beyond the database, such as the key of a load. */
  keyOf?(table: DigestTableName): readonly string[] | undefined;
  explain(error: unknown): TaplineError;
  close(): Promise<void>;
}

const rowsAtOnce = 500;

export function duckdbDigest(digest: DuckdbDigest): DigestSource {
  const { api, connection, location, defaultSchema, explain, close } = digest;
  const query = async (sql: string): Promise<unknown[][]> => {
    try {
      return (await connection.runAndReadAll(sql)).getRows() as unknown[][];
    } catch (error) {
      throw explain(error);
    }
  };
  return digestSource({
    dialect: digestDialect,
    location,
    find: ({ schema = defaultSchema, table }) => findRelations(digest, query, schema, table),
    known: async () => (await query(knownSql)).map(([schema, name]) => (defaultSchema === undefined ? String(name) : `${schema}.${name}`)),
    from: ({ schema = defaultSchema, name }) => (schema === undefined ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`),
    async prepare({ workers }) {
      if (workers !== undefined) await query(`SET threads = ${workers}`);
    },
    async *select(sql) {
      const explained = (error: unknown) => explainQuery(error, explain);
      try {
        const statement = await readingStatement({ api, connection, allowed: [api.StatementType.SELECT] }, sql);
        const { next } = await openResult(connection, { stream: () => statement.stream(), again: () => statement.run() });
        for (let chunk = await next(); chunk !== null; chunk = await next()) {
          for (let at = 0; at < chunk.rowCount; at += rowsAtOnce) {
            const rows: (string | null)[][] = [];
            for (let row = at; row < Math.min(chunk.rowCount, at + rowsAtOnce); row++)
              rows.push(chunk.getRowValues(row).map((value) => (value === null ? null : String(value))));
            yield rows;
          }
        }
      } catch (error) {
        throw error instanceof TaplineError ? error : explained(error);
      }
    },
    [Symbol.asyncDispose]: close,
  });
}

/** Of the open database: others can't be named. */
const ofDatabase = "database_name = current_database() AND NOT internal AND NOT starts_with(table_name, '_tapline_')";

const knownSql = `SELECT schema_name, table_name FROM (
  SELECT database_name, schema_name, table_name, internal FROM duckdb_tables() UNION ALL
  SELECT database_name, schema_name, view_name, internal FROM duckdb_views()) WHERE ${ofDatabase} ORDER BY ALL`;

async function findRelations(
  { keyOf, defaultSchema }: DuckdbDigest,
  query: (sql: string) => Promise<unknown[][]>,
  schema: string | undefined,
  table: string | undefined,
): Promise<FoundRelation[]> {
  const named = table === undefined ? "" : ` AND table_name = ${quoteText(table)}`;
  const inSchema = schema === undefined ? "" : ` AND schema_name = ${quoteText(schema)}`;
  const idOf = (space: unknown, name: unknown): string => JSON.stringify([space, name]);
  const facts = new Map(
    (
      await query(
        `SELECT schema_name, table_name, estimated_size, comment FROM duckdb_tables() WHERE database_name = current_database()${inSchema}${named}`,
      )
    ).map(([space, name, size, comment]) => [idOf(space, name), { size, comment }]),
  );
  const rows = await query(
    `SELECT schema_name, table_name, column_name, data_type, is_nullable
     FROM duckdb_columns() AS c WHERE ${ofDatabase}${inSchema}${named} ORDER BY schema_name, table_name, column_index`,
  );
  const keys = new Map<string, string[]>();
  for (const [space, name, columns] of await query(
    `SELECT schema_name, table_name, constraint_column_names FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' AND database_name = current_database()${inSchema}${named}`,
  ))
    keys.set(idOf(space, name), (columns as { items: string[] }).items);
  const found = new Map<string, FoundRelation & { columns: FoundRelation["columns"][number][] }>();
  for (const [space, name, column, type, nullable] of rows) {
    const id = idOf(space, name);
    const { size, comment } = facts.get(id) ?? {};
    const own = { ...(defaultSchema !== undefined && { schema: String(space) }), name: String(name) };
    const key = keys.get(id);
    const relation = found.get(id) ?? {
      table: own,
      key: key ?? [...(keyOf?.(own) ?? keyOfComment(typeof comment === "string" ? comment : undefined))],
      unique: key !== undefined,
      ...(typeof size === "bigint" && { rows: Number(size) }),
      columns: [],
    };
    relation.columns.push({ name: String(column), type: String(type), nullable: nullable === true });
    found.set(id, relation);
  }
  // Of a key that a comment or a setting names, a column may be gone.
  for (const relation of found.values())
    if (!relation.key.every((column) => relation.columns.some(({ name }) => name === column))) relation.key = [];
  return [...found.values()];
}
