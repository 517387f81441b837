/**
 * The database that taps read while it is disturbed: tables that stand still, tables that writers change all the time, and one whose
 * definition changes. And whether a target holds what is in it.
 */
import { setTimeout } from "node:timers/promises";
import { type DatabaseAddress, queryPostgres } from "@tapline/testing/postgres";
import type { Random } from "../faults/random.ts";
import { mostTries, startWriter, writeTransaction } from "../faults/writer.ts";

export type Address = DatabaseAddress;

/** One row fills a block, so that a table of a few megabytes of text is read in several ranges of 32 MiB of blocks. */
const wide = "(id int PRIMARY KEY, body text STORAGE PLAIN, n int NOT NULL DEFAULT 0) WITH (fillfactor = 10)";
const fill = (table: string, rows: number): string =>
  `INSERT INTO ${table} SELECT n, repeat(md5(n::text), 45), 0 FROM generate_series(1, ${rows}) AS n`;

export const stillRows = 20_000;
const bigRows = 12_000;

/** Schema `still` has the table that nobody writes to. */
export const makeTables: readonly string[] = [
  `CREATE SCHEMA still; CREATE TABLE still.rows ${wide}`,
  fill("still.rows", stillRows),
  `CREATE TABLE big ${wide}`,
  fill("big", bigRows),
  `CREATE TABLE feed (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), n int NOT NULL DEFAULT 0);
   INSERT INTO feed (at, n) SELECT now() - interval '1 hour' + n * interval '1 ms', n FROM generate_series(1, 20000) AS n`,
  `CREATE TABLE parted (id int PRIMARY KEY, n int NOT NULL DEFAULT 0) PARTITION BY RANGE (id);
   CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (5000);
   CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (5000) TO (MAXVALUE);
   INSERT INTO parted SELECT n, 0 FROM generate_series(1, 10000) AS n`,
];

/** The table whose definition changes, as each round finds it. */
export const makeChanging = `DROP TABLE IF EXISTS changing, renamed;
  CREATE TABLE changing (id int PRIMARY KEY, v varchar(10), w int DEFAULT 1);
  INSERT INTO changing SELECT n, 'v' || n, n FROM generate_series(1, 3000) AS n`;

export const changes: readonly string[] = [
  "ALTER TABLE changing ADD COLUMN more int DEFAULT 7",
  "ALTER TABLE changing ADD COLUMN more int DEFAULT (1000 * random())::int",
  "ALTER TABLE changing DROP COLUMN w",
  "ALTER TABLE changing RENAME COLUMN v TO v2",
  "ALTER TABLE changing ALTER COLUMN v TYPE text",
  "ALTER TABLE changing ALTER COLUMN w TYPE text USING 'w' || w",
  "ALTER TABLE changing RENAME TO renamed",
  "TRUNCATE changing",
  "DROP TABLE changing",
  "DROP TABLE changing; CREATE TABLE changing (id int PRIMARY KEY, v varchar(10)); INSERT INTO changing VALUES (1, 'again')",
  "VACUUM FULL changing",
  "DELETE FROM changing WHERE id % 2 = 0; UPDATE changing SET v = 'new' WHERE id % 3 = 0",
];

export const ask = (address: Address, ...statements: string[]): Promise<(string | null)[][]> =>
  queryPostgres(address, statements, mostTries);

/** Writes in transactions of random length until it is stopped. */
export function startSourceWriter(address: Address, random: Random): { stop(): Promise<void> } {
  return startWriter(address, async (client) => {
    await writeTransaction(client, random, write, () => setTimeout(random.below(20)));
  });
}

/** `feed` is read by its time, so its rows are not deleted: incremental reading does not see that. */
function write(random: Random): string {
  const id = 1 + random.below(bigRows + 500);
  switch (random.below(7)) {
    case 0:
      return `UPDATE big SET n = n + 1 WHERE id BETWEEN ${id} AND ${id + 20}`;
    case 1:
      return `DELETE FROM big WHERE id = ${id}`;
    case 2:
      return `INSERT INTO big VALUES (${id}, repeat('y', 1400), 5) ON CONFLICT (id) DO UPDATE SET n = 5`;
    case 3:
      return `INSERT INTO feed (n) SELECT ${id} FROM generate_series(1, 5)`;
    case 4:
      return `UPDATE feed SET n = n + 1, at = now() WHERE id = ${id}`;
    case 5:
      return `UPDATE parted SET n = n + 1 WHERE id = ${id}`;
    default:
      return `DELETE FROM parted WHERE id = ${id}`;
  }
}

/** The tables of a schema, each with its columns in their order. */
export async function tablesIn(source: Address, schema: string): Promise<[table: string, columns: string[]][]> {
  const found = await ask(
    source,
    `SELECT c.relname, json_agg(a.attname ORDER BY a.attnum)::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
      WHERE c.relnamespace = '${schema}'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped GROUP BY 1 ORDER BY 1`,
  );
  return (found as [string, string][]).map(([table, columns]) => [table, JSON.parse(columns) as string[]]);
}

/** The tables of the source that the target does not hold exactly, each with its counts; [] where all are equal. */
export async function differences(source: Address, target: Address, schema: string): Promise<string[]> {
  const tables = await tablesIn(source, schema);
  const wrong: string[] = [];
  for (const [table, columns] of tables) {
    const texts = columns.map((name) => `coalesce("${name}"::text, 'NULL')`);
    const sql = `SELECT count(*), count(DISTINCT id), md5(string_agg(concat_ws('|', ${texts.join(", ")}), ',' ORDER BY id)) FROM ${schema}.${table}`;
    const [there, here] = await Promise.all([ask(source, sql), ask(target, sql).catch((error: Error) => [[error.message]])]);
    if (JSON.stringify(there) !== JSON.stringify(here)) wrong.push(`${table}: source ${String(there[0])}, target ${String(here[0])}`);
  }
  if (tables.length === 0) wrong.push(`the source has no table in ${schema}`);
  return wrong;
}
