/** The statements that insert or update, and how a temporary table is named in them. Pure. */
import { quoteName as quote, quoteText } from "@tapline/columns";
import type { CheaperRows, UpsertRows } from "@tapline/sql";

/** The name as CREATE TEMPORARY TABLE takes it. */
export const bareName = (temporary: string): string => temporary.replace(/^pg_temp\./, "");

/**
 * A row that was updated carries this transaction's lock in xmax; one that was inserted carries none. `reset`: columns that get their
 * default in rows that are updated.
 */
export function upsert(insert: string, columns: readonly string[], keys: readonly string[], reset: readonly string[]): string {
  const others = columns.filter((column) => !keys.includes(column));
  // A table of keys alone must still return every row, which DO NOTHING does not.
  const written = (others.length > 0 ? others : keys.slice(0, 1)).map((column) => `${quote(column)} = excluded.${quote(column)}`);
  const set = [...written, ...reset.map((column) => `${quote(column)} = DEFAULT`)].join(", ");
  const write = `${insert} ON CONFLICT (${keys.map(quote).join(", ")}) DO UPDATE SET ${set} RETURNING t.xmax <> 0 AS is_update`;
  return `WITH written AS (${write}) SELECT count(*), count(*) FILTER (WHERE is_update) FROM written`;
}

/** Types whose equal values are spelled alike, where the collation does not equate texts. */
const alikeTypes = ["int2", "int4", "int8", "text", "varchar", "uuid", "date", "timestamp", "timestamptz", "bytea"];

/** Fewer rows take milliseconds either way, and leave the server no choice but the index. */
const leastRows = 10_000;

/**
 * Old rows are deleted and all rows inserted, which takes two thirds of the time of ON CONFLICT (1M rows into 1M, half of them updates):
 * where no foreign key, trigger, rule or policy makes more of a DELETE than of an UPDATE, no other table inherits the rows, and the role may.
 * An UPDATE keeps the key as it was spelled, so keys that are equal must be spelled alike.
 */
export function cheaper(
  { table, landing, keys, index }: { table: string; landing: string; keys: readonly string[]; index: readonly string[] },
  upsert: UpsertRows,
  remove: string,
  insert: string,
): CheaperRows {
  const unlike = `a.attname = ANY (ARRAY[${keys.map(quoteText).join(", ")}]::name[])
    AND (a.atttypid <> ALL (ARRAY[${alikeTypes.map(quoteText).join(", ")}]::regtype[]) OR NOT coalesce(l.collisdeterministic, true))`;
  return {
    kind: "cheaper",
    leastRows,
    lock: `LOCK TABLE ONLY ${table} IN ROW EXCLUSIVE MODE`,
    mayReplace: `SELECT has_table_privilege(c.oid, 'DELETE') AND NOT (c.relrowsecurity OR c.relhassubclass OR c.relhasrules)
       AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
       AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE confrelid = c.oid)
       AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
                        WHERE a.attrelid = c.oid AND ${unlike})
      FROM pg_catalog.pg_class AS c WHERE c.oid = ${quoteText(table)}::regclass`,
    replace: { kind: "replace", replaced: { meets: meets(table, landing, index[0] as string), remove }, insert: [insert] },
    upsert,
  };
}

/**
 * Rows that only continue a table, as those with rising keys do, meet none of it: the server answers that from the index, while DELETE reads
 * the whole table for some ten thousand rows. Ordered, because without an order the server reads the table for the first row that it finds.
 * `key`: the first column of the index.
 */
function meets(table: string, landing: string, key: string): string {
  const end = (order: string): string => `(SELECT ${quote(key)} FROM ${landing} ORDER BY ${quote(key)} ${order} NULLS LAST LIMIT 1)`;
  return `SELECT 1 FROM ${table} WHERE ${quote(key)} BETWEEN ${end("ASC")} AND ${end("DESC")} ORDER BY ${quote(key)} LIMIT 1`;
}
