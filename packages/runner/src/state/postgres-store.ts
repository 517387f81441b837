/**
 * Keeps states in a PostgreSQL database, for runs on many machines. An advisory lock makes decisions on a state id one after another. The
 * time is the server's, so that machines whose clocks differ agree on when a lease ends.
 */
import { createHash } from "node:crypto";
import { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { type Backend, type Decision, type Entry, entryOf, keptRuns, type RunRow } from "./backend.ts";
import { openConnection, type Query } from "./postgres-connection.ts";
import { postgresFacts } from "./postgres-facts.ts";
import { isPrepared, prepareSchema } from "./postgres-form.ts";
import { runColumns, runValues, upsertRun } from "./run-columns.ts";
import type { StoredState } from "./store.ts";

export interface PostgresAddress {
  url: string;
  schema: string;
}

/** @throws store_unreachable, store_too_new */
export async function openPostgresBackend({ url, schema }: PostgresAddress): Promise<Backend> {
  const connection = openConnection(url);
  const { place } = connection;
  const guard = guardOf(place);
  const use = <T>(work: (query: Query) => Promise<T>): Promise<T> => guard(() => connection.use(work));
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  const tables = { states: `${quoted}.states`, runs: `${quoted}.runs`, facts: `${quoted}.facts` };
  try {
    const id = await use((query) => prepareSchema(query, schema, place));
    return {
      id,
      place,
      // Every rule is safe to repeat: it finds its own run or change, and gives the same answer.
      decide: (stateIds, rule) =>
        use((query) =>
          underLocks(schema, query, stateIds, async (now) => {
            const entries: Entry[] = [];
            for (const stateId of stateIds) entries.push(await readEntry(query, tables, stateId));
            const decision = rule(entries as unknown as Parameters<typeof rule>[0], now);
            await write(query, tables, decision);
            return decision.answer;
          }),
        ),
      state: (stateId) => use((query) => readState(query, tables, stateId)),
      states: () => use((query) => query<StoredState>(`${selectStates(tables)} ORDER BY state_id COLLATE "C"`)),
      runs: (stateId, limit) => use((query) => readRuns(query, tables, "state_id = $1 ORDER BY position DESC LIMIT $2", [stateId, limit])),
      facts: postgresFacts({ table: tables.facts, use, underLocks: (query, names, work) => underLocks(schema, query, names, work) }),
      [Symbol.asyncDispose]: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Whether the store has been created. @throws store_unreachable */
export async function isPostgresStoreThere({ url, schema }: PostgresAddress): Promise<boolean> {
  const connection = openConnection(url);
  try {
    return await guardOf(connection.place)(() => connection.use((query) => isPrepared(query, schema)));
  } finally {
    await connection.close();
  }
}

type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/** Turns errors of the server and the network into `store_unreachable`. */
function guardOf(place: string): Guard {
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TaplineError) throw error;
      throw errors.store_unreachable({ place, reason: (error as Error).message || String((error as { code?: string }).code) }, {}, error);
    }
  };
}

interface Tables {
  states: string;
  runs: string;
}

/**
 * Runs work in one transaction that holds the locks of these names. READ COMMITTED whatever the server's default: what is read after the
 * lock must be what its last holder wrote. Sorted, so that two that lock the same names never wait for each other.
 */
async function underLocks<T>(schema: string, query: Query, names: readonly string[], work: (now: Date) => Promise<T>): Promise<T> {
  const locks = [...new Set(names)].sort().map((name) => `pg_advisory_xact_lock(${lockNumber(schema, name)})`);
  await query(`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT ${locks.join(", ")}`);
  try {
    const [time] = (await query<{ now: Date }>("SELECT clock_timestamp() AS now")) as [{ now: Date }];
    const answer = await work(time.now);
    await query("COMMIT");
    return answer;
  } catch (error) {
    await query("ROLLBACK").catch(() => {});
    throw error;
  }
}

/** A signed 64-bit integer, as text. */
function lockNumber(schema: string, name: string): string {
  return createHash("sha256").update(`tapline ${schema} ${name}`).digest().readBigInt64BE().toString();
}

async function readEntry(query: Query, tables: Tables, stateId: string): Promise<Entry> {
  const runs = await readRuns(
    query,
    tables,
    `state_id = $1 AND (status = 'running' OR position = (SELECT max(position) FROM ${tables.runs} WHERE state_id = $1 AND settled)) ORDER BY position`,
    [stateId],
  );
  return entryOf(stateId, await readState(query, tables, stateId), runs);
}

const selectStates = ({ states }: Tables): string =>
  `SELECT state_id AS "stateId", value, updated_at AS "updatedAt", run_id AS "runId" FROM ${states}`;

async function readState(query: Query, tables: Tables, stateId: string): Promise<StoredState | undefined> {
  const [state] = await query<StoredState>(`${selectStates(tables)} WHERE state_id = $1`, [stateId]);
  return state;
}

function readRuns(query: Query, { runs }: Tables, where: string, values: readonly unknown[]): Promise<RunRow[]> {
  return query<RunRow>(`SELECT ${runColumns} FROM ${runs} WHERE ${where}`, values);
}

async function write(query: Query, tables: Tables, { runs = [], states = [] }: Decision<unknown>): Promise<void> {
  for (const run of runs) await writeRun(query, tables, run);
  for (const state of states) {
    if (state.value === null) await query(`DELETE FROM ${tables.states} WHERE state_id = $1`, [state.stateId]);
    else
      await query(
        `INSERT INTO ${tables.states} (state_id, value, updated_at, run_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (state_id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, run_id = excluded.run_id`,
        [state.stateId, state.value, state.updatedAt, state.runId],
      );
  }
}

async function writeRun(query: Query, { runs }: Tables, run: RunRow): Promise<void> {
  await query(
    upsertRun(runs, (number) => `$${number}`),
    runValues(run),
  );
  if (run.status === "running") return;
  await query(
    `DELETE FROM ${runs} WHERE state_id = $1 AND status <> 'running'
     AND position < (SELECT position FROM ${runs} WHERE state_id = $1 ORDER BY position DESC LIMIT 1 OFFSET ${keptRuns})
     AND position <> (SELECT max(position) FROM ${runs} WHERE state_id = $1 AND settled)`,
    [run.stateId],
  );
}
