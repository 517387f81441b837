/** The statements that Snowflake spells otherwise than the standard. */
import { quoteName } from "@tapline/columns";
import { type Names, type Statements, standardStatements, type TableName, type Types } from "@tapline/sql";
import { quoteText as text } from "./text.ts";
import { alterColumn } from "./widening.ts";

export function makeStatements(names: Names, types: Types): Statements {
  const { quote, fold } = names;
  const standard = standardStatements(names, types, text);
  const { varchar, timestamptz } = types.spellings;
  const list = (values: readonly string[]): string => values.map(text).join(", ");
  return {
    ...standard,
    version: "SELECT CURRENT_VERSION()",
    // It matches whole without ^ and $; with s the point would take a newline, but patterns have no point.
    matches: (value, pattern) => `REGEXP_LIKE(${value}, ${text(pattern)})`,
    alterColumn: (table, column) => alterColumn(names, types, table, column),
    findTables: (database, tables) => `SELECT '=' || table_schema, '=' || table_name FROM ${catalogOf(database)}.TABLES
        WHERE table_type = 'BASE TABLE' AND ${isAmong(tables, fold)}`,
    ledger: {
      ...standard.ledger,
      create: (table) =>
        `CREATE TABLE IF NOT EXISTS ${table} (state_id ${varchar}, run_id ${varchar} NOT NULL, state ${varchar}, state_run_id ${varchar}, counts ${varchar}, committed_at ${timestamptz})`,
      // One statement that locks the table: an INSERT of two runs at once would make two rows, as keys are not enforced.
      take: (table, stateId, runId) =>
        `MERGE INTO ${table} AS l USING (SELECT ${text(stateId)} AS state_id, ${text(runId)} AS run_id) AS n ON l.state_id = n.state_id
        WHEN MATCHED THEN UPDATE SET run_id = n.run_id WHEN NOT MATCHED THEN INSERT (state_id, run_id) VALUES (n.state_id, n.run_id)`,
      record: (table, { stateId, runId, state, counts }) => {
        const reached = state === undefined ? "" : `state = ${text(state)}, state_run_id = ${text(runId)}, `;
        return `UPDATE ${table} SET ${reached}counts = ${text(counts)}, committed_at = CURRENT_TIMESTAMP()
        WHERE state_id = ${text(stateId)} AND run_id = ${text(runId)}`;
      },
    },
    rejects: {
      ...standard.rejects,
      find: (database, suffix, columns, others) => `SELECT '=' || table_schema, '=' || table_name,
        coalesce(LISTAGG(CASE WHEN LOWER(column_name) IN (${list(others)}) THEN LOWER(column_name) END, ','), '')
      FROM ${catalogOf(database)}.COLUMNS WHERE RIGHT(table_name, ${suffix.length}) = ${text(fold(suffix))}
      GROUP BY table_schema, table_name
      HAVING count(CASE WHEN LOWER(column_name) IN (${list(columns)}) THEN 1 END) = ${columns.length} ORDER BY 1, 2`,
      take: (table, chosen) => ({
        read: `SELECT ${["id", "stream"].map(quote).join(", ")}, CAST(${quote("position")} AS VARCHAR), ${["record", "definition", "metadata"].map(quote).join(", ")}
        FROM ${table} WHERE ${chosen}`,
        remove: `DELETE FROM ${table} WHERE ${chosen}`,
      }),
    },
  };
}

const catalogOf = (database: string): string => `${quoteName(database)}.INFORMATION_SCHEMA`;

function isAmong(tables: readonly TableName[], fold: (name: string) => string): string {
  const [schemas, found] = [tables.map(({ schema }) => fold(schema)), tables.map(({ table }) => fold(table))];
  const list = (values: readonly string[]): string => [...new Set(values)].map(text).join(", ");
  return `table_schema IN (${list(schemas)}) AND table_name IN (${list(found)})`;
}
