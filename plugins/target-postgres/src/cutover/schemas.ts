/** The schemas of a cutover as they are, and what would stop their renames. */
import { quoteText } from "@tapline/columns";
import type { Session } from "@tapline/postgres";
import type { CutoverAnswer, SchemaRename } from "@tapline/sdk";
import { type NamesFound, renameStatements } from "./names.ts";

/** Those of the names that are there, in the order of the names. */
export async function schemasThere({ execute }: Session, names: readonly string[]): Promise<CutoverAnswer["schemas"]> {
  const { rows } = await execute(
    `SELECT nspname, pg_catalog.pg_get_userbyid(nspowner),
       count(*) FILTER (WHERE relkind IN ('r', 'p', 'f')), count(*) FILTER (WHERE relkind IN ('v', 'm')), count(*) FILTER (WHERE relkind IN ('S', 'c'))
     FROM pg_catalog.pg_namespace AS n LEFT JOIN pg_catalog.pg_class ON relnamespace = n.oid
     WHERE nspname IN (${names.map(quoteText).join(", ")}) GROUP BY n.oid, nspname, nspowner`,
  );
  const found = rows.map(([name, owner, tables, views, others]) => ({
    name: String(name),
    tables: Number(tables),
    views: Number(views),
    others: Number(others),
    owner: String(owner),
  }));
  return found.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

/** Each as a sentence; [] where the action can be done. */
export async function problemsOf(
  { execute, options }: Session,
  renames: readonly SchemaRename[],
  { state, reason }: NamesFound,
  action: "apply" | "undo",
): Promise<string[]> {
  const problems: string[] = [];
  if (renameStatements(renames, action) === undefined)
    problems.push("the renames go around in a circle, or name a schema twice: give the old schema a name of its own");
  if (state === "neither") return [...problems, reason ?? ""];
  const system = renames.flatMap(({ from, to }) => [from, to]).filter((name) => name.startsWith("pg_") || name === "information_schema");
  if (system.length > 0) problems.push(`${system[0]} is a name of PostgreSQL's own`);
  const long = renames.map(({ to }) => to).find((name) => Buffer.byteLength(name) > 63);
  if (long !== undefined) problems.push(`the name ${long} is longer than 63 bytes`);
  const names = renames.map(({ from, to }) => (action === "apply" ? from : to));
  const { rows } = await execute(
    `SELECT nspname, pg_catalog.pg_get_userbyid(nspowner), pg_catalog.pg_has_role(nspowner, 'USAGE') FROM pg_catalog.pg_namespace
     WHERE nspname IN (${names.map(quoteText).join(", ")}) ORDER BY 1`,
  );
  const user = options.role ?? options.user;
  for (const [name, owner, isOwn] of rows)
    if (isOwn !== "t") problems.push(`the schema ${name} belongs to ${owner}, and ${user} is no member of that role`);
  const { rows: rights } = await execute("SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')");
  if (rights[0]?.[0] !== "t") problems.push(`${user} may not rename schemas: it lacks CREATE on the database ${options.database}`);
  return problems;
}
