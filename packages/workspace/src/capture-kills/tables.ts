/**
 * The tables whose changes are captured, and those who write to them: transactions of all kinds, large ones, rollbacks, and changes of the
 * tables themselves. The values are those that every database writes as the same text.
 */
import { setTimeout } from "node:timers/promises";
import type { Random } from "../faults/random.ts";
import { type Client, type Querying, startWriter, writeTransaction } from "../faults/writer.ts";
import type { Address } from "../source-faults/source.ts";

/** `changing` is what ALTER TABLE meets; the log has old rows of `whole`, and of the others their keys alone. */
export const makeTables: readonly string[] = [
  "CREATE TABLE plain (id int PRIMARY KEY, n int NOT NULL, body text)",
  "CREATE TABLE pairs (id int, part text, n int, PRIMARY KEY (id, part))",
  "CREATE TABLE whole (id int PRIMARY KEY, n int, body text); ALTER TABLE whole REPLICA IDENTITY FULL",
  "CREATE TABLE parted (id int PRIMARY KEY, n int) PARTITION BY RANGE (id)",
  "CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (1000)",
  "CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (1000) TO (MAXVALUE)",
  "CREATE TABLE changing (id int PRIMARY KEY, v text)",
  "INSERT INTO plain SELECT n, n, CASE n % 3 WHEN 0 THEN repeat(md5(n::text), 1 + n % 200) END FROM generate_series(1, 2000) AS n",
  "INSERT INTO pairs SELECT n, 'p' || n % 3, n FROM generate_series(1, 1000) AS n",
  "INSERT INTO whole SELECT n, n, repeat(md5(n::text), 1 + n % 200) FROM generate_series(1, 500) AS n",
  "INSERT INTO parted SELECT n, n FROM generate_series(1, 2000) AS n",
  "INSERT INTO changing SELECT n, 'v' || n FROM generate_series(1, 500) AS n",
];

/** Large values are random, so that the server can't make them small, and stores them apart. */
const large = "(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 100))";

function write(random: Random): string {
  const id = 1 + random.below(2500);
  switch (random.below(13)) {
    case 0:
      return `INSERT INTO plain VALUES (${id}, 1, ${large}) ON CONFLICT (id) DO UPDATE SET n = plain.n + 1`;
    case 1:
      return `UPDATE plain SET n = n + 1 WHERE id BETWEEN ${id} AND ${id + 15}`;
    case 2:
      return `UPDATE plain SET body = ${large} WHERE id = ${id}`;
    case 3:
      return `UPDATE plain SET id = -id WHERE id IN (${id}, -${id}) AND NOT EXISTS (SELECT 1 FROM plain AS p WHERE p.id = -plain.id)`;
    case 4:
      return `DELETE FROM plain WHERE id IN (${id}, ${id + 1}, -${id})`;
    case 5:
      return `UPDATE pairs SET n = n + 1 WHERE id = ${id % 1000}`;
    case 6:
      return `INSERT INTO pairs VALUES (${id}, 'q', ${id}) ON CONFLICT (id, part) DO UPDATE SET part = 'r' || pairs.n`;
    case 7:
      return `DELETE FROM pairs WHERE id = ${id % 1000}`;
    case 8:
      return `UPDATE whole SET n = n + 1 WHERE id = ${id % 500}`;
    case 9:
      return `INSERT INTO whole VALUES (${id}, 1, ${large}) ON CONFLICT (id) DO UPDATE SET id = whole.id + 10000, n = 0 WHERE NOT EXISTS (SELECT 1 FROM whole AS w WHERE w.id = whole.id + 10000)`;
    case 10:
      return `UPDATE parted SET id = 2000 - id WHERE id = ${id % 1000} AND NOT EXISTS (SELECT 1 FROM parted AS p WHERE p.id = 2000 - parted.id)`;
    case 11:
      return `INSERT INTO parted VALUES (${id}, 0) ON CONFLICT (id) DO UPDATE SET n = parted.n + 1`;
    default:
      return `INSERT INTO changing (id) VALUES (${id}) ON CONFLICT (id) DO UPDATE SET id = changing.id`;
  }
}

/** What one large transaction does. */
const largeWrite =
  "UPDATE plain SET n = n + 1; INSERT INTO whole SELECT n, n, repeat('y', 300) FROM generate_series(20000, 22000) AS n ON CONFLICT (id) DO UPDATE SET n = whole.n + 1; DELETE FROM whole WHERE id > 21000";

/** Each leaves the table so that any other may follow; `k` numbers the columns. */
const alterations: readonly ((k: number) => string)[] = [
  (k) => `ALTER TABLE changing ADD COLUMN c${k} int; UPDATE changing SET c${k} = ${k} WHERE id % 2 = 0`,
  (k) => `ALTER TABLE changing ADD COLUMN c${k} int DEFAULT ${k}; UPDATE changing SET v = 'after ${k}' WHERE id % 5 = 0`,
  (k) =>
    `ALTER TABLE changing ADD COLUMN c${k} text; ALTER TABLE changing RENAME COLUMN c${k} TO d${k}; UPDATE changing SET d${k} = 'd' WHERE id % 3 = 0`,
  (k) =>
    `UPDATE changing SET v = 'before ${k}' WHERE id % 7 = 0; ALTER TABLE changing RENAME COLUMN v TO v${k}; ALTER TABLE changing RENAME COLUMN v${k} TO v`,
  (k) =>
    `ALTER TABLE changing ADD COLUMN t${k} int; UPDATE changing SET t${k} = id; ALTER TABLE changing ALTER COLUMN t${k} TYPE text USING 't' || t${k}`,
  () => "TRUNCATE changing; INSERT INTO changing (id, v) SELECT n, 'again' FROM generate_series(1, 300) AS n",
  () => "TRUNCATE pairs; INSERT INTO pairs SELECT n, 'p', n FROM generate_series(1, 700) AS n",
];

export interface Written {
  commits: number;
  rollbacks: number;
  alterations: number;
  /** Rows that were inserted, updated or deleted by transactions that were committed, without what TRUNCATE and ALTER TABLE change. */
  changes: number;
  /** Of the largest transaction that was committed, and of the largest that was rolled back. */
  largest: number;
  largestUndone: number;
}

/** One transaction in so many is large, or alters a table, and how long a writer waits after each at most. */
export interface Pace {
  largeEvery: number;
  alterationEvery: number;
  pauseMs: number;
  /** How often the statements of a large transaction are repeated in it. */
  repeats(random: Random): number;
}

const roundPace: Pace = { largeEvery: 40, alterationEvery: 20, pauseMs: 15, repeats: () => 1 };

/** Writes until it is stopped. `written` counts meanwhile. */
export function startCaptureWriter(
  address: Address,
  random: Random,
  { largeEvery, alterationEvery, pauseMs, repeats }: Pace = roundPace,
): { written: Readonly<Written>; stop(): Promise<Written> } {
  const written: Written = { commits: 0, rollbacks: 0, alterations: 0, changes: 0, largest: 0, largestUndone: 0 };
  const end = (share: number): string => (random.below(share) === 0 ? "ROLLBACK" : "COMMIT");
  const writer = startWriter(address, async (plain) => {
    const client = counting(plain, written);
    if (random.below(largeEvery) === 0)
      await client.query(`BEGIN; ${Array.from({ length: repeats(random) }, () => largeWrite).join("; ")}; ${end(3)}`);
    else if (random.below(alterationEvery) === 0) {
      await client.query(`BEGIN; ${random.pick(alterations)(random.below(1_000_000))}; ${end(4)}`);
      written.alterations++;
    } else await writeTransaction(client, random, write);
    await setTimeout(random.below(pauseMs));
  });
  return {
    written,
    async stop() {
      await writer.stop();
      return written;
    },
  };
}

/** Counts what statements change, by the answers of the server. */
function counting(client: Client, written: Written): Querying {
  let [changes, atSavepoint] = [0, 0];
  return {
    async query(sql) {
      for (const { command, rowCount } of [await client.query(sql)].flat()) {
        if (command === "SAVEPOINT") atSavepoint = changes;
        else if (command === "ROLLBACK" && sql.startsWith("ROLLBACK TO")) changes = atSavepoint;
        else if (command === "ROLLBACK") {
          written.rollbacks++;
          written.largestUndone = Math.max(written.largestUndone, changes);
        } else if (command === "COMMIT") {
          written.commits++;
          written.changes += changes;
          written.largest = Math.max(written.largest, changes);
        } else if (["INSERT", "UPDATE", "DELETE"].includes(command)) changes += rowCount ?? 0;
      }
    },
  };
}
