/** The tables of a store in PostgreSQL, form by form, as `store-form.ts` has them for SQLite. */
import { errors } from "../errors.ts";
import type { Query } from "./postgres-connection.ts";

/** Never edited, only added to. The names are the schema's. Times are text as the runner writes them: nothing reads them but it. */
const forms: readonly ((schema: string) => string)[] = [
  (schema) => `CREATE TABLE ${schema}.store (id text NOT NULL, form integer NOT NULL);
    INSERT INTO ${schema}.store VALUES (replace(gen_random_uuid()::text, '-', ''), 0);
    CREATE TABLE ${schema}.states (state_id text PRIMARY KEY, value text NOT NULL, updated_at text NOT NULL, run_id text NOT NULL);
    CREATE TABLE ${schema}.runs (
      position bigint GENERATED ALWAYS AS IDENTITY, run_id text PRIMARY KEY, state_id text NOT NULL, kind text NOT NULL, status text NOT NULL,
      started_at text NOT NULL, ended_at text, runner json NOT NULL, children json NOT NULL, lease_until text,
      state_before text, state_after text, settled boolean NOT NULL
    );
    CREATE INDEX runs_by_state ON ${schema}.runs (state_id, position);`,
];

/** The store's id. Nothing is asked for that is there: a role that may not make tables can use them. @throws store_too_new */
export async function prepareSchema(query: Query, name: string, place: string): Promise<string> {
  const schema = quoted(name);
  const found = await readStore(query, name);
  if (found?.form === forms.length) return found.id;
  await query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(7163376925)");
  try {
    const { form = 0 } = (await readStore(query, name)) ?? {};
    if (form > forms.length) throw errors.store_too_new({ path: `${place}, schema ${name}`, version: form });
    if (form === 0) await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    for (const next of forms.slice(form)) await query(next(schema));
    await query(`UPDATE ${schema}.store SET form = ${forms.length}`);
    await query("COMMIT");
  } catch (error) {
    await query("ROLLBACK").catch(() => {});
    throw error;
  }
  return ((await readStore(query, name)) as { id: string }).id;
}

export async function isPrepared(query: Query, name: string): Promise<boolean> {
  return (await readStore(query, name)) !== undefined;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Not by to_regclass: right after the lock it may still answer from what the session remembers, that there is none. */
async function readStore(query: Query, name: string): Promise<{ id: string; form: number } | undefined> {
  const found = await query(
    `SELECT FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = $1 AND relname = 'store'`,
    [name],
  );
  if (found.length === 0) return undefined;
  return (await query<{ id: string; form: number }>(`SELECT id, form FROM ${quoted(name)}.store`))[0];
}
