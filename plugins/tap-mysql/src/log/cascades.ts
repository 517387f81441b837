/** Foreign keys by which the server changes rows itself: it does not log that. */
import { streamName, tableName } from "@tapline/sql-tap";
import type { MysqlTable } from "../discover/tables.ts";
import { quoteText } from "../quote.ts";
import type { Session } from "../session/session.ts";

/** A warning for each table that has such a foreign key. */
export async function cascadeWarnings({ execute }: Session, tables: readonly MysqlTable[]): Promise<string[]> {
  if (tables.length === 0) return [];
  const schemas = [...new Set(tables.map(({ schema }) => quoteText(schema)))];
  const quiet = "('RESTRICT', 'NO ACTION')";
  const rows = await execute(`
    SELECT constraint_schema, table_name, constraint_name, delete_rule, update_rule FROM information_schema.referential_constraints
    WHERE constraint_schema IN (${schemas.join(", ")}) AND (delete_rule NOT IN ${quiet} OR update_rule NOT IN ${quiet})`);
  return tables.flatMap((table) => {
    const own = rows.filter(([schema, name]) => schema === table.schema && name === table.name);
    if (own.length === 0) return [];
    const keys = own.map(([, , name, onDelete, onUpdate]) => `${name} (ON DELETE ${onDelete}, ON UPDATE ${onUpdate})`);
    return [
      `rows of ${tableName(table)} that the server changes by a foreign key are not in the log, so they stay as they were loaded: ${keys.join(", ")}; delete such rows by statements of their own, or have the next run read the table whole now and then: tapline resync … ${streamName(table)}`,
    ];
  });
}
