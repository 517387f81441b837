/** Statements on the tables of rejected rows in SQL that databases share. Pure. */
import type { RejectStatements } from "../dialect/statements.ts";
import type { Types } from "../dialect/types.ts";

/** `quote` and `text` write a name and a text as SQL. */
export function rejectStatements(
  quote: (name: string) => string,
  { spellings: { varchar } }: Pick<Types, "spellings">,
  text: (value: string) => string,
): RejectStatements {
  const [id, stream, position, code, reason] = ["id", "stream", "position", "code", "reason"].map(quote);
  const [runId, rejectedAt, record, definition, metadata] = ["run_id", "rejected_at", "record", "definition", "metadata"].map(quote);
  const asText = (expression: string): string => `CAST(${expression} AS ${varchar})`;
  const list = (texts: readonly string[]): string => texts.map(text).join(", ");
  const random = `${asText("random()")} || ${asText("random()")}`;
  return {
    find: (database, suffix, columns, others) => `SELECT '=' || table_schema, '=' || table_name,
        coalesce(string_agg(CASE WHEN column_name IN (${list(others)}) THEN ${asText("column_name")} END, ','), '')
      FROM information_schema.columns WHERE table_catalog = ${text(database)} AND right(table_name, ${suffix.length}) = ${text(suffix)}
      GROUP BY table_schema, table_name
      HAVING count(CASE WHEN column_name IN (${list(columns)}) THEN 1 END) = ${columns.length} ORDER BY 1, 2`,
    streams: (table) => `SELECT DISTINCT ${stream} FROM ${table} WHERE ${stream} IS NOT NULL ORDER BY 1`,
    number: (table) => `UPDATE ${table} SET ${id} = substr(md5(${random} || coalesce(${record}, '')), 1, 18) WHERE ${id} IS NULL`,
    list: (table, chosen, withRecords) =>
      `SELECT ${id}, ${stream}, ${asText(`${position}`)}, ${code}, ${reason}, ${runId}, ${asText(`extract(epoch FROM ${rejectedAt})`)}, ${withRecords ? record : "NULL"}
      FROM ${table} WHERE ${chosen} ORDER BY ${id}`,
    withoutId: (table) => `SELECT 1 FROM ${table} WHERE ${id} IS NULL LIMIT 1`,
    newestDefinition: (table, chosen) =>
      `SELECT ${definition} FROM ${table} WHERE ${chosen} AND ${definition} IS NOT NULL ORDER BY ${id} DESC LIMIT 1`,
    origins: (table, chosen) => `SELECT ${id}, ${metadata} FROM ${table} WHERE ${chosen}`,
    take: (table, chosen) => ({
      read: `DELETE FROM ${table} WHERE ${chosen} RETURNING ${id}, ${stream}, ${asText(`${position}`)}, ${record}, ${definition}, ${metadata}`,
      remove: undefined,
    }),
    discard: (table, chosen) => `DELETE FROM ${table} WHERE ${chosen}`,
    oneOf: (column, texts) => `${quote(column)} IN (${list(texts)})`,
  };
}
