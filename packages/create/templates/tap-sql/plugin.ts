#!/usr/bin/env node
/** Reads the tables of a SQLite database. For another one, change what opens it, the two lists of `tablesOf`, `typeOf`, and the SELECT of `readTable`. */
import { DatabaseSync } from "node:sqlite";
import { type Chunk, defineTap, type ReadContext, runTap, Type } from "@tapline/sdk";
import {
  expectColumns,
  expectOwnNames,
  namePatterns,
  type SourceColumn,
  type SourceTable,
  streamOf,
  type TableChoice,
  tableChoice,
} from "@tapline/sql-tap";

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What the values of a column are on the wire, and as a bookmark. Integers arrive as bigint, so none loses a digit. */
function typeOf(declared: string): Pick<SourceColumn, "property" | "cursor"> {
  if (/INT/i.test(declared)) return { property: { type: "integer" }, cursor: "number" };
  if (/REAL|FLOA|DOUB/i.test(declared)) return { property: { type: "number" }, cursor: "number" };
  if (/CHAR|CLOB|TEXT/i.test(declared)) return { property: { type: "string" }, cursor: "other" };
  if (/BLOB/i.test(declared)) return { property: { type: "string", contentEncoding: "base64" }, cursor: undefined };
  return { property: {}, cursor: undefined };
}

function tablesOf(database: DatabaseSync, choice: TableChoice): SourceTable[] {
  const found = database.prepare(
    "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  );
  const columnsOf = database.prepare('SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid');
  return (found.all() as { name: string; type: string }[])
    .filter(({ name }) => choice.takes("main", name))
    .map(({ name, type }) => {
      const columns = columnsOf.all(name) as { name: string; type: string; notnull: number; pk: number }[];
      const keys = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
      return {
        ...{ database: "main", schema: "main", name, isView: type === "view", comment: undefined, rowEstimate: undefined },
        keys: keys.map((column) => column.name),
        columns: columns.map((column) => ({
          ...{ name: column.name, isNullable: column.notnull === 0, comment: undefined, range: undefined },
          ...typeOf(column.type),
        })),
      };
    });
}

/** The rows; those at or past the bookmark, in its order, where a catalog gives the stream a replication key. */
function* readTable(database: DatabaseSync, table: SourceTable, context: ReadContext): Generator<Chunk> {
  const { columns, replicationMethod, replicationKey, startValue } = context;
  expectColumns(table, columns);
  const key = replicationMethod === "INCREMENTAL" && replicationKey !== undefined ? quote(replicationKey) : undefined;
  const isFirst = startValue === null || startValue === undefined;
  const where = key === undefined || isFirst ? "" : `WHERE ${key} >= ?`;
  const order = key === undefined ? "" : `ORDER BY ${key}`;
  const rows = database.prepare(`SELECT ${columns.map(quote).join(", ") || "NULL"} FROM ${quote(table.name)} ${where} ${order}`);
  rows.setReadBigInts(true);
  yield* rows.iterate(...(where === "" ? [] : [startValue as string | number])) as Iterable<Record<string, unknown>>;
}

await runTap(
  defineTap({
    name: "tap-example",
    version: "0.1.0",
    description: "Reads tables and views of a SQLite database.",
    config: Type.Object({
      filepath: Type.String({ description: "The database file." }),
      filter_tables: namePatterns("Only tables that match one of these names or patterns, such as main.order*."),
    }),
    open(config) {
      const database = new DatabaseSync(config.filepath, { readOnly: true });
      // All streams see the database as it is now.
      database.exec("BEGIN");
      const tables = tablesOf(database, tableChoice(config));
      expectOwnNames(tables);
      return {
        streams: tables.map((table) => streamOf(table, (context) => readTable(database, table, context))),
        [Symbol.asyncDispose]: async () => database.close(),
      };
    },
  }),
);
