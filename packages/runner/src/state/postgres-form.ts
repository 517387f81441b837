/** Creates and upgrades the tables of a store in PostgreSQL, as `store-form.ts` does for SQLite. */
import { errors } from "../errors.ts";
import type { Query } from "./postgres-connection.ts";

/** Only ever appended to. Times are text as the runner writes them, since only the runner reads them. */
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
  // The runs of the last commits, by entry of the target's ledger. Of runs before this form they are unknown.
  (schema) => `ALTER TABLE ${schema}.runs ADD COLUMN last_commits json NOT NULL DEFAULT '{}';`,
  // Ticks of schedules, claims of files, notices: see facts.ts. Keys are ordered by their bytes, as in the other stores.
  (schema) => `CREATE TABLE ${schema}.facts (
    kind text NOT NULL, key text COLLATE "C" NOT NULL, value text NOT NULL, changed_at text NOT NULL, PRIMARY KEY (kind, key)
  );`,
];

/** Resolves to the store's id. Creates only what is missing, so that a role that may not create tables can use existing ones. @throws store_too_new */
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

/** Does not use to_regclass: right after the lock, it may still answer from the cache of the session that there is no table. */
async function readStore(query: Query, name: string): Promise<{ id: string; form: number } | undefined> {
  const found = await query(
    `SELECT FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = $1 AND relname = 'store'`,
    [name],
  );
  if (found.length === 0) return undefined;
  return (await query<{ id: string; form: number }>(`SELECT id, form FROM ${quoted(name)}.store`))[0];
}
