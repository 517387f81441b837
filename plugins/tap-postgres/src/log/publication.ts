/**
 * The publication says which tables' changes the server sends. The tap makes one for the selected tables and adds to it, or uses one that
 * the settings name, which it never changes.
 */
import { quoteName, quoteText } from "@tapline/columns";
import { type Session, serverDetails, serverWords, sqlState } from "@tapline/postgres";
import type { Log } from "@tapline/sdk";
import { type SourceTable, tableName } from "@tapline/sql-tap";
import { errors } from "../errors.ts";

export interface Publication {
  name: string;
  /** For each table its entry: one that was taken out and put in again is another one. Tables that it lacks have none. */
  members: ReadonlyMap<number, string>;
  /** What it does not send, though it is asked for: kinds of changes, and tables of which it sends a part. */
  gaps: readonly string[];
}

type Table = SourceTable & { oid: number };

/** Undefined where there is none of that name. */
export async function findPublication({ execute }: Session, name: string): Promise<Publication | undefined> {
  const [found] = (
    await execute(
      `SELECT oid, pubinsert, pubupdate, pubdelete, pubtruncate FROM pg_catalog.pg_publication WHERE pubname = ${quoteText(name)}`,
    )
  ).rows;
  if (found === undefined) return undefined;
  const [oid, ...kinds] = found;
  const gaps = ["insert", "update", "delete", "truncate"].filter((_, i) => kinds[i] !== "t");
  // Columns that later versions added are read by name, so that the statement works on all.
  const { rows } = await execute(`
    SELECT c.oid, r.oid, coalesce(to_jsonb(r) ->> 'prqual', to_jsonb(r) ->> 'prattrs') IS NOT NULL, t.schemaname, t.tablename
    FROM pg_catalog.pg_publication_tables AS t
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = t.schemaname
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = t.tablename
    LEFT JOIN pg_catalog.pg_publication_rel AS r ON r.prpubid = ${oid} AND r.prrelid = c.oid
    WHERE t.pubname = ${quoteText(name)}`);
  const parts = rows.filter(([, , isPart]) => isPart === "t").map(([, , , schema, table]) => `all of ${schema}.${table}`);
  return {
    name,
    members: new Map(rows.map(([table, entry]) => [Number(table), entry === null ? `${oid}` : `${oid}/${entry}`])),
    gaps: [...gaps, ...parts],
  };
}

/** One of the tap's own, with these tables. @throws publication_refused, publication_lacks where somebody changed it */
export async function ensurePublication(session: Session, name: string, tables: readonly Table[], log: Log): Promise<Publication> {
  const found = await findPublication(session, name);
  if (found !== undefined && found.gaps.length > 0) throw errors.publication_lacks({ publication: name, lacks: found.gaps });
  const missing = tables.filter(({ oid }) => found?.members.has(oid) !== true);
  if (found !== undefined && missing.length === 0) return found;
  const list = missing.map(tableName).join(", ");
  const sql =
    found === undefined
      ? `CREATE PUBLICATION ${quoteName(name)} FOR TABLE ${list} WITH (publish_via_partition_root = true)`
      : `ALTER PUBLICATION ${quoteName(name)} ADD TABLE ${list}`;
  try {
    await session.execute(sql);
  } catch (error) {
    if (sqlState(error) !== "42501") throw error;
    const { user } = serverDetails(session.options);
    throw errors.publication_refused({ user, sql, reason: serverWords((error as Error).cause) }, {}, error);
  }
  log("info", `${found === undefined ? "made" : "added to"} the publication ${JSON.stringify(name)}: ${list}`);
  return (await findPublication(session, name)) as Publication;
}

/** The one that the settings name. @throws publication_missing, publication_lacks */
export async function givenPublication(session: Session, name: string, tables: readonly Table[]): Promise<Publication> {
  const found = await findPublication(session, name);
  if (found === undefined) throw errors.publication_missing({ publication: name, tables: tables.map(tableName).join(", ") });
  const lacks = [...tables.filter(({ oid }) => !found.members.has(oid)).map(tableName), ...found.gaps];
  if (lacks.length > 0) throw errors.publication_lacks({ publication: name, lacks });
  return found;
}
