/** The statements in SQL that databases share. A dialect takes these and replaces what it spells otherwise. Pure. */
import { quoteText, typeName } from "@tapline/columns";
import type { Names } from "../dialect/names.ts";
import type { CopiedColumn, NewColumn, Statements } from "../dialect/statements.ts";
import type { Types } from "../dialect/types.ts";
import { ledgerStatements } from "./ledger.ts";
import { rejectStatements } from "./rejects.ts";

/** `text` writes a text as a constant of SQL. */
export function standardStatements({ quote }: Pick<Names, "quote">, types: Types, text = quoteText): Statements {
  const define = ({ name, type }: NewColumn): string => `${quote(name)} ${typeName(types, type)}`;
  const copied = (column: CopiedColumn): string => {
    const name = quote(column.name);
    if (column.kind === "kept") return name;
    if (column.kind === "converted") return `${types.convert(name, column.from, column.to)} AS ${name}`;
    return `CAST(NULL AS ${typeName(types, column.type)}) AS ${name}`;
  };

  return {
    createSchema: (schema) => `CREATE SCHEMA IF NOT EXISTS ${schema}`,
    createTable: (table, columns) => `CREATE TABLE ${table} (${columns.map(define).join(", ")})`,
    createTemporaryTable: (name, columns) => `CREATE TEMPORARY TABLE ${quote(name)} (${columns.map(define).join(", ")})`,
    addColumn: (table, column) => `ALTER TABLE ${table} ADD COLUMN ${define(column)}`,
    alterColumn: (table, { name, from, to }) => [
      `ALTER TABLE ${table} ALTER COLUMN ${quote(name)} TYPE ${typeName(types, to)} USING ${types.convert(quote(name), from, to)}`,
    ],
    commentColumn: (table, column, comment) => `COMMENT ON COLUMN ${table}.${quote(column)} IS ${text(comment)}`,
    commentTable: (table, comment) => `COMMENT ON TABLE ${table} IS ${text(comment)}`,
    dropTable: (table) => `DROP TABLE ${table}`,
    renameTable: (table, name) => `ALTER TABLE ${table} RENAME TO ${quote(name)}`,
    copyTable: (copy, table, columns) => `CREATE TABLE ${copy} AS SELECT ${columns.map(copied).join(", ")} FROM ${table}`,
    addKey: (table, keys) => [`ALTER TABLE ${table} ADD PRIMARY KEY (${keys.map(quote).join(", ")})`],
    findTables: (database) =>
      `SELECT '=' || table_schema, '=' || table_name FROM information_schema.tables
        WHERE table_catalog = ${text(database)} AND table_type = 'BASE TABLE'`,
    deleteWhere: (table, column, value) => `DELETE FROM ${table} WHERE ${quote(column)} = ${text(value)}`,
    deleteRange(table, { name, type }, from, to) {
      const [low, high] = [from, to].map((value) => `CAST(${text(value)} AS ${typeName(types, type)})`);
      return `DELETE FROM ${table} WHERE ${quote(name)} >= ${low} AND ${quote(name)} < ${high}`;
    },
    version: "SELECT version()",
    selectRows: (table, columns) => `SELECT ${columns.length === 0 ? "*" : columns.map(quote).join(", ")} FROM ${table}`,
    countRows: (table) => `SELECT count(*) FROM ${table}`,
    countKeyFaults(table, keys) {
      const list = keys.map(quote);
      const hasNull = `SELECT 1 FROM ${table} WHERE ${list.map((key) => `${key} IS NULL`).join(" OR ")}`;
      const isTwice = `SELECT 1 FROM ${table} GROUP BY ${list.join(", ")} HAVING count(*) > 1`;
      return `SELECT count(*) FROM ((${hasNull} LIMIT 1) UNION ALL (${isTwice} LIMIT 1)) AS found`;
    },
    constant: text,
    // The standard's LIKE_REGEX is in no database that we know; this is what most of them have.
    matches: (value, pattern) => `regexp_like(${value}, ${text(`^(${pattern})$`)})`,
    savepoint: (name) => ({
      set: `SAVEPOINT ${name}`,
      release: `RELEASE SAVEPOINT ${name}`,
      rollBack: `ROLLBACK TO SAVEPOINT ${name}`,
    }),
    ledger: ledgerStatements(types, text),
    rejects: rejectStatements(quote, types, text),
  };
}
