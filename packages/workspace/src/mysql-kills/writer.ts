/** The tables whose changes are captured from MariaDB, and those who write to them: small and large transactions, rollbacks, and changes of the tables. */
import { setTimeout } from "node:timers/promises";
import { connectMariadb, type MariadbDatabase } from "@tapline/testing/mariadb";
import type { Random } from "../faults/random.ts";

/** `changing` is what ALTER TABLE meets. */
export const makeTables: readonly string[] = [
  "CREATE TABLE plain (id int PRIMARY KEY, n bigint NOT NULL, price decimal(12,2), body varchar(2000))",
  "CREATE TABLE pairs (id int, part varchar(20), n int, PRIMARY KEY (id, part))",
  "CREATE TABLE latin (id int PRIMARY KEY, name varchar(60) CHARACTER SET latin1, kind enum('a','b','ü') CHARACTER SET latin1)",
  "CREATE TABLE changing (id int PRIMARY KEY, v varchar(60))",
  "INSERT INTO plain SELECT seq, seq, seq / 4, IF(seq % 3 = 0, REPEAT(MD5(seq), 1 + seq % 40), NULL) FROM seq_1_to_3000",
  "INSERT INTO pairs SELECT seq, CONCAT('p', seq % 3), seq FROM seq_1_to_1000",
  "INSERT INTO latin SELECT seq, CONCAT('Zürich €', seq), 1 + seq % 3 FROM seq_1_to_500",
  "INSERT INTO changing SELECT seq, CONCAT('v', seq) FROM seq_1_to_300",
];

function write(random: Random): string {
  const id = 1 + random.below(4000);
  switch (random.below(10)) {
    case 0:
      return `INSERT INTO plain VALUES (${id}, 1, 0.5, 'new') ON DUPLICATE KEY UPDATE n = n + 1, price = price + 0.25`;
    case 1:
      return `UPDATE plain SET n = n + 1 WHERE id BETWEEN ${id} AND ${id + 200}`;
    case 2:
      return `UPDATE plain SET body = REPEAT(MD5(RAND()), ${1 + random.below(50)}) WHERE id BETWEEN ${id} AND ${id + 10}`;
    case 3:
      return `UPDATE IGNORE plain SET id = -id WHERE id IN (${id}, -${id})`;
    case 4:
      return `DELETE FROM plain WHERE id IN (${id}, ${id + 1}, -${id})`;
    case 5:
      return `UPDATE IGNORE pairs SET part = CONCAT('q', n % 5), n = n + 1 WHERE id BETWEEN ${id % 1000} AND ${(id % 1000) + 20}`;
    case 6:
      return `REPLACE INTO pairs VALUES (${id}, 'p1', ${id})`;
    case 7:
      return `UPDATE latin SET name = CONCAT('Øre ', RAND()), kind = 'ü' WHERE id BETWEEN ${id % 500} AND ${(id % 500) + 50}`;
    case 8:
      return `INSERT INTO latin VALUES (${500 + id}, 'é', 'b') ON DUPLICATE KEY UPDATE id = -id, name = 'gone'`;
    default:
      return `REPLACE INTO changing (id, v) VALUES (${id % 400}, 'again ${id}')`;
  }
}

/** Each leaves the table so that any other may follow; `k` numbers the columns. */
const alterations: readonly ((k: number) => readonly string[])[] = [
  (k) => [`ALTER TABLE changing ADD COLUMN c${k} int`, `UPDATE changing SET c${k} = ${k} WHERE id % 2 = 0`],
  (k) => [`ALTER TABLE changing ADD COLUMN c${k} int NOT NULL DEFAULT ${k}`, `UPDATE changing SET v = 'after ${k}' WHERE id % 5 = 0`],
  (k) => [
    `ALTER TABLE changing ADD COLUMN c${k} varchar(9)`,
    `ALTER TABLE changing RENAME COLUMN c${k} TO d${k}`,
    `UPDATE changing SET d${k} = 'd' WHERE id % 3 = 0`,
  ],
  (k) => [`ALTER TABLE changing CHANGE v v${k} varchar(60)`, `ALTER TABLE changing CHANGE v${k} v varchar(60)`],
  () => ["TRUNCATE changing", "INSERT INTO changing (id, v) SELECT seq, 'again' FROM seq_1_to_300"],
  () => ["TRUNCATE pairs", "INSERT INTO pairs SELECT seq, 'p', seq FROM seq_1_to_700"],
  () => [
    "CREATE TABLE shadow LIKE latin",
    "INSERT INTO shadow SELECT * FROM latin",
    "RENAME TABLE latin TO old_latin, shadow TO latin",
    "DROP TABLE old_latin",
  ],
  () => ["FLUSH BINARY LOGS"],
];

export interface Written {
  /** Rows that committed transactions changed. */
  changes: number;
  commits: number;
  rollbacks: number;
  alterations: number;
}

/** Writes until it is stopped, also over restarts of the server. `alters`: it changes tables too; give that to one writer. */
export function startMariadbWriter(
  database: MariadbDatabase,
  random: Random,
  alters: boolean,
): { written: Written; stop(): Promise<void> } {
  const written: Written = { changes: 0, commits: 0, rollbacks: 0, alterations: 0 };
  let isStopped = false;
  const work = async (): Promise<void> => {
    while (!isStopped) {
      const client = await connectMariadb(database, 300);
      const run = async (sql: string): Promise<number> => {
        const [result] = (await client.query(sql)) as unknown as [{ affectedRows?: number }];
        return result.affectedRows ?? 0;
      };
      try {
        while (!isStopped) {
          if (alters && random.below(40) === 0) {
            for (const sql of random.pick(alterations)(random.below(1_000_000))) await run(sql);
            written.alterations++;
            continue;
          }
          await run("BEGIN");
          let changes = 0;
          const statements = random.below(60) === 0 ? 200 : 1 + random.below(4);
          for (let left = statements; left > 0; left--) changes += await run(write(random));
          if (random.below(8) === 0) {
            await run("ROLLBACK");
            written.rollbacks++;
          } else {
            await run("COMMIT");
            written.commits++;
            written.changes += changes;
          }
          await setTimeout(random.below(20));
        }
      } catch {
        // A deadlock, a table that is being swapped, or a server that was killed: the transaction is gone.
      } finally {
        await client.end().catch(() => {});
      }
    }
  };
  const ended = work();
  return {
    written,
    async stop() {
      isStopped = true;
      await ended;
    },
  };
}
