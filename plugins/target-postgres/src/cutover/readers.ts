/**
 * Who may read the old schema and not the new one. People read a schema by its name, so those who lose it at a cutover would be
 * told "permission denied" the morning after.
 */
import { quoteText } from "@tapline/columns";
import type { Session } from "@tapline/postgres";
import type { CutoverGrant } from "@tapline/sdk";

/** Rights to read that roles have in `old` by a grant and lack in `new`: on the schema, on tables of the same names, on later tables. */
export async function missingGrants(session: Session, { old, new: fresh }: { old: string; new: string }): Promise<CutoverGrant[]> {
  const ask = async (sql: string): Promise<string[][]> => (await session.execute(sql)).rows.map((row) => row.map((cell) => cell ?? ""));
  const [from, to] = [quoteText(old), quoteText(fresh)];
  const held = (role: string, test: string): string => `CASE WHEN ${role} = 0 THEN false ELSE ${test} END`;
  const schema = await ask(
    `SELECT DISTINCT ${nameOf("g.grantee")} FROM pg_catalog.pg_namespace AS o CROSS JOIN pg_catalog.pg_namespace AS n
       CROSS JOIN LATERAL pg_catalog.aclexplode(o.nspacl) AS g
     WHERE o.nspname = ${from} AND n.nspname = ${to} AND g.privilege_type = 'USAGE' AND g.grantee NOT IN (o.nspowner, n.nspowner)
       AND NOT ${held("g.grantee", "pg_catalog.has_schema_privilege(g.grantee, n.oid, 'USAGE')")}
       AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(n.nspacl) AS h WHERE h.grantee = g.grantee AND h.privilege_type = 'USAGE') ORDER BY 1`,
  );
  const relations = await ask(
    `SELECT DISTINCT t.relname, ${nameOf("g.grantee")} FROM pg_catalog.pg_class AS s
       JOIN pg_catalog.pg_class AS t ON t.relname = s.relname AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
       CROSS JOIN LATERAL pg_catalog.aclexplode(s.relacl) AS g
     WHERE s.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${from})
       AND t.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${to}) AND s.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND g.privilege_type = 'SELECT' AND g.grantee NOT IN (s.relowner, t.relowner)
       AND NOT ${held("g.grantee", "pg_catalog.has_table_privilege(g.grantee, t.oid, 'SELECT')")}
       AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(t.relacl) AS h WHERE h.grantee = g.grantee AND h.privilege_type = 'SELECT') ORDER BY 1, 2`,
  );
  // A table that is made anew, as dbt does, has the default rights of its maker and no others.
  const future = await ask(
    `SELECT DISTINCT pg_catalog.pg_get_userbyid(owners.relowner), ${nameOf("g.grantee")}
     FROM pg_catalog.pg_default_acl AS d CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) AS g
       CROSS JOIN (SELECT DISTINCT relowner FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm')
         AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${to})) AS owners
     WHERE d.defaclnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${from}) AND d.defaclobjtype = 'r'
       AND g.privilege_type = 'SELECT' AND g.grantee <> owners.relowner
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_default_acl AS e CROSS JOIN LATERAL pg_catalog.aclexplode(e.defaclacl) AS h
         WHERE e.defaclrole = owners.relowner AND e.defaclobjtype = 'r' AND h.grantee = g.grantee AND h.privilege_type = 'SELECT'
           AND e.defaclnamespace IN (0, (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${to}))) ORDER BY 1, 2`,
  );
  return [
    ...schema.map(([grantee = ""]): CutoverGrant => ({ on: "schema", schema: fresh, right: "USAGE", grantee })),
    ...relations.map(
      ([relation = "", grantee = ""]): CutoverGrant => ({ on: "relation", schema: fresh, relation, right: "SELECT", grantee }),
    ),
    ...future.map(([owner = "", grantee = ""]): CutoverGrant => ({ on: "future", schema: fresh, owner, right: "SELECT", grantee })),
  ];
}

/** Empty for PUBLIC. */
const nameOf = (role: string): string => `CASE ${role} WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(${role}) END`;
