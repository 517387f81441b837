/** What a database has beside the rows of some tables, for people who move them elsewhere: sizes, types, and what no record carries. */
import { quoteText } from "@tapline/columns";
import type { Session } from "@tapline/postgres";
import type { InventoryLine } from "@tapline/sdk";
import { streamName } from "@tapline/sql-tap";
import type { PostgresColumn, PostgresTable } from "./discover/tables.ts";

/** Statements of the catalogs alone: nothing is counted. */
export async function inventoryOf({ execute }: Session, tables: readonly PostgresTable[]): Promise<InventoryLine[]> {
  if (tables.length === 0) return [];
  const oids = tables.map(({ oid }) => oid).join(", ");
  const sizes = new Map((await execute(sizesSql(oids))).rows.map(([oid, bytes]) => [Number(oid), Number(bytes)]));
  const objects = (await execute(objectsSql(oids))).rows;
  const lines = tables.map((table): InventoryLine => {
    const own = objects.filter(([oid]) => Number(oid) === table.oid).map(([, what]) => String(what));
    return {
      stream: streamName(table),
      rows: table.rowEstimate ?? null,
      bytes: sizes.get(table.oid) ?? null,
      columns: table.columns.map((column) => {
        const loss = lossOf(column);
        return { name: column.name, type: column.typeName, ...(loss === undefined ? {} : { loss }) };
      }),
      left_behind: own,
    };
  });
  const schemas = [...new Set(tables.map(({ schema }) => schema))];
  const others = (await execute(othersSql(schemas))).rows.map(([what]) => String(what));
  return others.length === 0 ? lines : [...lines, { others }];
}

/** What is not as it was once a column has gone through records. undefined: nothing. README.md of this tap has the types. */
function lossOf({ typeName, castName, property, wire }: PostgresColumn): string | undefined {
  if (castName === "json" || castName === "jsonb") return "numbers keep their value, not their spelling; JSON's null arrives as NULL";
  if (property.type === "array") return "an array becomes JSON; bounds that do not start at 1 are lost";
  if (property.type === "object") return "becomes JSON";
  if (castName === "timestamp without time zone") return "becomes an instant: the time is taken for one in UTC";
  if (castName === "character varying" && /\(/.test(typeName)) return "text without the limit of its length";
  if (castName === "character" && /\(/.test(typeName)) return "text with its blanks at the end";
  if (castName === "smallint" || castName === "integer") return "becomes a 64-bit integer";
  if (castName === "real") return "becomes a 64-bit number";
  if (castName === "numeric" && property["x-singer.decimal"] === undefined)
    return "has no precision: a target chooses the type by the values";
  const isText = property.type === "string" && property.format === undefined && property.contentEncoding === undefined;
  const isPlainText = ["text", "character varying", "character", "name", '"char"', "citext"].includes(castName);
  return isText && !isPlainText && wire.property.type === "string" ? "becomes text, as PostgreSQL writes it" : undefined;
}

const sizesSql = (oids: string): string => `
  SELECT c.oid, (SELECT coalesce(sum(pg_table_size(part)), 0) FROM (
      WITH RECURSIVE parts AS (SELECT c.oid AS part UNION ALL SELECT h.inhrelid FROM parts JOIN pg_catalog.pg_inherits AS h ON h.inhparent = part)
      SELECT part FROM parts) AS parts)
  FROM pg_catalog.pg_class AS c WHERE c.oid IN (${oids})`;

/** Keys arrive as columns that identify a row; their constraint does not. */
const objectsSql = (oids: string): string => `
  SELECT * FROM (
    SELECT i.indrelid AS oid, 'index ' || c.relname || ': ' || substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*$') AS what
      FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
      WHERE i.indrelid IN (${oids}) AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    UNION ALL SELECT conrelid, CASE contype WHEN 'f' THEN 'foreign key ' WHEN 'u' THEN 'unique constraint ' ELSE 'constraint ' END
        || conname || ': ' || pg_get_constraintdef(oid)
      FROM pg_catalog.pg_constraint WHERE conrelid IN (${oids}) AND contype IN ('f', 'u', 'c', 'x')
    UNION ALL SELECT adrelid, CASE WHEN a.attgenerated <> '' THEN 'formula of ' ELSE 'default of ' END || a.attname || ': ' || pg_get_expr(adbin, adrelid)
      FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE adrelid IN (${oids})
    UNION ALL SELECT attrelid, 'identity of ' || attname FROM pg_catalog.pg_attribute WHERE attrelid IN (${oids}) AND attidentity <> ''
    UNION ALL SELECT tgrelid, 'trigger ' || tgname FROM pg_catalog.pg_trigger WHERE tgrelid IN (${oids}) AND NOT tgisinternal
    UNION ALL SELECT polrelid, 'policy ' || polname FROM pg_catalog.pg_policy WHERE polrelid IN (${oids})
    UNION ALL SELECT oid, 'grants: ' || array_to_string(relacl, ', ') FROM pg_catalog.pg_class WHERE oid IN (${oids}) AND relacl IS NOT NULL) AS objects
  ORDER BY 1, 2`;

const othersSql = (schemas: readonly string[]): string => `
  SELECT what FROM (
    SELECT CASE relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE 'sequence ' END || n.nspname || '.' || relname AS what
      FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = relnamespace
      WHERE relkind IN ('v', 'm', 'S') AND n.nspname IN (${schemas.map(quoteText).join(", ")})
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'i')
    UNION ALL SELECT CASE prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END || n.nspname || '.' || proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
      FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = pronamespace WHERE n.nspname IN (${schemas.map(quoteText).join(", ")})
    UNION ALL SELECT 'type ' || n.nspname || '.' || typname FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = typnamespace
      WHERE typtype IN ('e', 'd') AND n.nspname IN (${schemas.map(quoteText).join(", ")})) AS objects
  ORDER BY what`;
