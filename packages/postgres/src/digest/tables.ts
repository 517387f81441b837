/** The tables and views that a role may read, as the digest needs them: columns with their types, and the key. */
import { quoteText } from "@tapline/columns";
import type { FoundRelation } from "@tapline/sql";
import type { Session } from "../session.ts";

const isReadable = `c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT starts_with(c.relname, '_tapline_')
  AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')`;

export async function findRelations(
  { execute }: Session,
  { schema, table }: { schema: string; table: string | undefined },
): Promise<FoundRelation[]> {
  const { rows } = await execute(
    `SELECT n.nspname, c.relname, CASE c.relkind WHEN 'r' THEN c.reltuples::int8 ELSE -1 END, ${keySql},
       (SELECT json_agg(json_build_array(a.attname, format_type(base.type, base.modifier), NOT a.attnotnull) ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute AS a CROSS JOIN LATERAL (${baseTypeSql}) AS base
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
     FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = ${quoteText(schema)} AND ${table === undefined ? `NOT c.relispartition` : `c.relname = ${quoteText(table)}`} AND ${isReadable}
     ORDER BY c.relname`,
  );
  return rows.map(([space, name, count, key, columns]) => ({
    table: { schema: String(space), name: String(name) },
    key: JSON.parse(key ?? "[]") as string[],
    unique: key !== null,
    ...(Number(count) >= 0 && { rows: Number(count) }),
    columns: (JSON.parse(columns ?? "[]") as [string, string, boolean][]).map(([column, type, nullable]) => ({
      name: column,
      type,
      nullable,
    })),
  }));
}

export async function knownRelations({ execute }: Session): Promise<string[]> {
  const { rows } = await execute(
    `SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE ${isReadable} AND NOT c.relispartition ORDER BY 1`,
  );
  return rows.map(([name]) => String(name));
}

/** The primary key, or else the first unique one without NULLs and conditions. */
const keySql = `(SELECT json_agg(a.attname ORDER BY k.place) FROM (
     SELECT i.indrelid, i.indkey::int2[] AS columns, i.indnkeyatts FROM pg_catalog.pg_index AS i
      WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS n WHERE n.attrelid = c.oid AND n.attnum = ANY (i.indkey::int2[]) AND NOT n.attnotnull)
      ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1) AS key
   CROSS JOIN LATERAL unnest(key.columns) WITH ORDINALITY AS k(attnum, place)
   JOIN pg_catalog.pg_attribute AS a ON a.attrelid = key.indrelid AND a.attnum = k.attnum WHERE k.place <= key.indnkeyatts)`;

/** A domain is the type below it. */
const baseTypeSql = `WITH RECURSIVE below AS (
     SELECT a.atttypid AS type, a.atttypmod AS modifier
     UNION ALL SELECT t.typbasetype, t.typtypmod FROM below JOIN pg_catalog.pg_type AS t ON t.oid = below.type WHERE t.typtype = 'd')
   SELECT below.type, below.modifier FROM below JOIN pg_catalog.pg_type AS t ON t.oid = below.type WHERE t.typtype <> 'd'`;
