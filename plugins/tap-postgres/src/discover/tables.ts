/** Finds the tables, views and partitioned tables that the role may read, with columns, keys and comments, in one statement each. */
import type { Session } from "@tapline/postgres";
import type { RangeKind, SourceColumn, SourceTable } from "@tapline/sql-tap";
import { type FoundType, type TypeOptions, type WireType, wireType } from "./types.ts";

export interface PostgresColumn extends SourceColumn {
  wire: WireType;
  /** As the server spells it. */
  typeName: string;
  /** The type to cast text to, without a length: `numeric`, not `numeric(10,2)`, which would round. */
  castName: string;
}

export interface PostgresTable extends SourceTable {
  oid: number;
  columns: readonly PostgresColumn[];
  /** pg_class.relkind: r table, p partitioned table, v view, m materialized view, f foreign table. */
  kind: string;
  /** The table's files, and those of its partitions, in the snapshot: they change when it is emptied or rewritten. "" for others. */
  files: string;
}

/** Tables of one snapshot. Partitions are read through the table they belong to. */
export async function findTables(
  { execute, options }: Session,
  types: TypeOptions,
  takes: (schema: string, table: string) => boolean,
): Promise<PostgresTable[]> {
  const found = (await execute(tablesSql)).rows.filter(([, schema, table]) => takes(String(schema), String(table)));
  if (found.length === 0) return [];
  const oids = found.map(([oid]) => Number(oid));
  const columns = await findColumns(execute, oids, types);
  return found.map(([oid, schema, name, kind, comment, estimate, keys, files]) => ({
    oid: Number(oid),
    database: options.database,
    schema: String(schema),
    name: String(name),
    kind: String(kind),
    isView: kind === "v" || kind === "m",
    comment: comment ?? undefined,
    rowEstimate: Number(estimate) < 0 ? undefined : Number(estimate),
    keys: readableKeys(JSON.parse(keys ?? "[]") as string[], columns.get(Number(oid)) ?? []),
    files: files ?? "",
    columns: columns.get(Number(oid)) ?? [],
  }));
}

/** A key of which a column may not be read identifies nothing. */
function readableKeys(keys: string[], columns: readonly PostgresColumn[]): string[] {
  return keys.every((key) => columns.some(({ name }) => name === key)) ? keys : [];
}

/**
 * The key is the primary key, or else the first unique one without NULLs and conditions. The files are those that the snapshot sees: a
 * function such as pg_relation_filenode would tell the present ones.
 */
const tablesSql = `
  SELECT c.oid, n.nspname, c.relname, c.relkind, obj_description(c.oid, 'pg_class'),
    CASE c.relkind WHEN 'p' THEN -1 ELSE c.reltuples END,
    (SELECT json_agg(a.attname ORDER BY k.place) FROM (
       SELECT i.indexrelid, i.indrelid, i.indkey::int2[] AS columns, i.indnkeyatts FROM pg_catalog.pg_index AS i
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
          AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS n WHERE n.attrelid = c.oid AND n.attnum = ANY (i.indkey::int2[]) AND NOT n.attnotnull)
        ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1) AS key
     CROSS JOIN LATERAL unnest(key.columns) WITH ORDINALITY AS k(attnum, place)
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = key.indrelid AND a.attnum = k.attnum WHERE k.place <= key.indnkeyatts),
    (WITH RECURSIVE parts AS (
       SELECT c.oid AS part, c.relfilenode AS file UNION ALL
       SELECT p.oid, p.relfilenode FROM parts JOIN pg_catalog.pg_inherits AS h ON h.inhparent = part JOIN pg_catalog.pg_class AS p ON p.oid = h.inhrelid)
     SELECT string_agg(part || ':' || file, ',' ORDER BY part) FROM parts WHERE file <> 0)
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
    AND has_schema_privilege(n.oid, 'USAGE') AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
  ORDER BY n.nspname, c.relname`;

async function findColumns(
  execute: Session["execute"],
  oids: readonly number[],
  types: TypeOptions,
): Promise<Map<number, PostgresColumn[]>> {
  const { rows } = await execute(columnsSql(oids));
  const byTable = new Map<number, PostgresColumn[]>();
  for (const [table, name, notNull, comment, defaultSql, spelled, typeName, typeSchema, kind, category, modifier, castName] of rows) {
    const type: FoundType = {
      name: String(typeName),
      schema: String(typeSchema),
      kind: String(kind),
      category: String(category),
      modifier: Number(modifier),
    };
    const wire = wireType(type, types);
    const isServerTime = wire.cursor === "time" && writesServerTime(defaultSql ?? "", type.name);
    const column: PostgresColumn = {
      name: String(name),
      property: wire.property,
      isNullable: notNull !== "t",
      comment: comment ?? undefined,
      cursor: isServerTime ? "server-time" : wire.cursor,
      range: rangeKinds[String(castName)],
      wire,
      typeName: String(spelled),
      castName: String(castName),
    };
    byTable.set(Number(table), [...(byTable.get(Number(table)) ?? []), column]);
  }
  return byTable;
}

const rangeKinds: Readonly<Record<string, RangeKind>> = {
  "timestamp with time zone": "instant",
  "timestamp without time zone": "local",
  date: "date",
};

/** Only columns that the role may read. A domain is the type below it. */
const columnsSql = (oids: readonly number[]): string => `
  SELECT a.attrelid, a.attname, a.attnotnull, col_description(a.attrelid, a.attnum), pg_get_expr(d.adbin, d.adrelid), format_type(a.atttypid, a.atttypmod),
    t.typname, n.nspname, t.typtype, t.typcategory, base.modifier, format_type(base.type, -1)
  FROM pg_catalog.pg_attribute AS a
  LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  CROSS JOIN LATERAL (
    WITH RECURSIVE below AS (
      SELECT a.atttypid AS type, a.atttypmod AS modifier
      UNION ALL SELECT t.typbasetype, t.typtypmod FROM below JOIN pg_catalog.pg_type AS t ON t.oid = below.type WHERE t.typtype = 'd')
    SELECT below.type, below.modifier FROM below JOIN pg_catalog.pg_type AS t ON t.oid = below.type WHERE t.typtype <> 'd') AS base
  JOIN pg_catalog.pg_type AS t ON t.oid = base.type JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
  WHERE a.attrelid IN (${oids.join(", ")}) AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
  ORDER BY a.attrelid, a.attnum`;

/** Times without a zone are those of whoever writes them, unless the default says that it is UTC's. */
function writesServerTime(sql: string, type: string): boolean {
  const isServer = /^(?:(?:now|transaction_timestamp|statement_timestamp|clock_timestamp)\(\)|CURRENT_TIMESTAMP)$/i;
  if (type === "timestamptz") return isServer.test(sql);
  const inUtc = /^(?:timezone\('utc'::text, (.+)\)|\((.+) AT TIME ZONE 'utc'::text\))$/i.exec(sql);
  return type === "timestamp" && inUtc !== null && isServer.test(inUtc[1] ?? inUtc[2] ?? "");
}
