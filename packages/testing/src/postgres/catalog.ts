/** What the catalog of a database holds of its users' schemas, by names and not by numbers, so that two moments can be compared. */
import { type DatabaseAddress, queryPostgres } from "./query.ts";

const rights = (list: string, kind: string, owner: string): string =>
  `(SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(${list}, acldefault('${kind}', ${owner}))) AS x)`;

const parts = [
  `SELECT 'schema', nspname, pg_get_userbyid(nspowner), ${rights("nspacl", "n", "nspowner")}::text FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'`,
  `SELECT 'relation', c.oid::regclass::text, relkind::text, ${rights("relacl", "r", "relowner")}::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE nspname !~ '^(pg_|information_schema$)'`,
  `SELECT 'column', attrelid::regclass::text, attname || ' ' || format_type(atttypid, atttypmod) || attnotnull, pg_get_expr(adbin, adrelid)
   FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum JOIN pg_class AS c ON c.oid = attrelid JOIN pg_namespace AS n ON n.oid = relnamespace
   WHERE nspname !~ '^(pg_|information_schema$)' AND attnum > 0`,
  `SELECT 'view', viewname, schemaname, definition FROM pg_views WHERE schemaname !~ '^(pg_|information_schema$)'`,
  `SELECT 'function', p.oid::regprocedure::text, prosrc, pg_get_function_sqlbody(p.oid) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace WHERE nspname !~ '^(pg_|information_schema$)'`,
  `SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0`,
  `SELECT 'default', coalesce(nspname, ''), pg_get_userbyid(defaclrole) || defaclobjtype::text, ${"(SELECT array_agg(x::text ORDER BY x::text) FROM unnest(defaclacl) AS x)"}::text
   FROM pg_default_acl LEFT JOIN pg_namespace AS n ON n.oid = defaclnamespace`,
];

/** Sorted lines. */
export async function catalogOf(database: DatabaseAddress): Promise<string[]> {
  const rows = await queryPostgres(database, ["SET search_path = ''", parts.join(" UNION ALL ")]);
  return rows.map((row) => row.join(" | ")).sort();
}
