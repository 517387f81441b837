/**
 * One failover: a run follows the primary while writers work, the primary dies at a random moment, its standby is promoted, and the next runs go
 * on from the standby's copy of the slot. The target must then equal the promoted server.
 */
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import { startJob } from "../faults/job.ts";
import { leftAfter } from "../faults/processes.ts";
import type { Random } from "../faults/random.ts";
import { type Client, startWriter, writeTransaction } from "../faults/writer.ts";
import { compareWithPostgres } from "../source-faults/compare-tables.ts";
import { type Address, ask } from "../source-faults/source.ts";

export interface Drill {
  primary: PostgresServer;
  database: string;
  target: Address;
  /** Of the project: its file names the server that is read. */
  folder: string;
  /** The project's folder name, which marks its processes. */
  mark: string;
  pointAt(server: PostgresServer): void;
  random: Random;
}

export interface DrillEnd {
  promoted: PostgresServer;
  /** Rows of the promoted server. */
  rows: number;
  commits: number;
  /** How long after its promotion the first change was in the target, in seconds. */
  seconds: number;
}

export const tables: readonly string[] = [
  "CREATE TABLE orders (id bigserial PRIMARY KEY, n int NOT NULL, body text)",
  "CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)",
  "INSERT INTO counters SELECT n, 0 FROM generate_series(1, 200) AS n",
];

const standbySettings = { hot_standby_feedback: "on", sync_replication_slots: "on", primary_slot_name: "standby" };

/** @throws Error that says what is lost */
export async function drill({ primary, database, target, folder, mark, pointAt, random }: Drill): Promise<DrillEnd> {
  const at = (server: PostgresServer): Address => ({ ...server.address, database });
  await ask(at(primary), "SELECT pg_create_physical_replication_slot('standby', true)");
  const promoted = await primary.standby(standbySettings);
  await ask(at(primary), "ALTER SYSTEM SET synchronized_standby_slots = 'standby'", "SELECT pg_reload_conf()");
  pointAt(primary);
  const following = startJob(folder, { follows: true });
  let commits = 0;
  const work = async (client: Client): Promise<void> => {
    if (await writeTransaction(client, random, write)) commits++;
    await setTimeout(random.below(6));
  };
  const writers = [startWriter(at(primary), work), startWriter(at(primary), work)];
  await untilSynced(at(promoted), following);
  await setTimeout(random.below(3000));
  const written = commits;
  await primary.kill();
  const [{ code }] = await Promise.all([following.ended, leftAfter(mark, 20_000)]);
  if (code === 0) throw new Error("the run ended well though its server died");
  await ask(at(promoted), "SELECT pg_promote()");
  await ask(at(promoted), "ALTER SYSTEM RESET synchronized_standby_slots", "SELECT pg_reload_conf()");
  // Those writers look for the server that is gone.
  for (const writer of writers) void writer.stop().catch(() => {});
  const since = performance.now();
  const others = [startWriter(at(promoted), work)];
  pointAt(promoted);
  const first = await startJob(folder, { refreshes: false }).ended;
  const seconds = (performance.now() - since) / 1000;
  for (const writer of others) await writer.stop();
  const last = await startJob(folder, { refreshes: false }).ended;
  if (first.code !== 0 || last.code !== 0) throw new Error(`a run of the promoted server failed: ${first.text}\n${last.text}`);
  const { wrong, rows } = await compareWithPostgres(at(promoted), (sql) => ask(target, sql));
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  if (written === 0) throw new Error("nothing was written before the failover");
  return { promoted, rows, commits, seconds };
}

/** A copy of a slot that is still temporary would be lost by the promotion. */
async function untilSynced(standby: Address, following: ReturnType<typeof startJob>): Promise<void> {
  for (let waited = 0; waited < 1200; waited++) {
    const found = await ask(
      standby,
      "SELECT 1 FROM pg_replication_slots WHERE synced AND NOT temporary AND failover AND confirmed_flush_lsn IS NOT NULL",
    );
    if (found.length > 0) return;
    if (!following.isRunning()) throw new Error(`the run ended before its slot was copied: ${(await following.ended).text}`);
    await setTimeout(100);
  }
  throw new Error("the slot was not copied to the standby within two minutes");
}

function write(random: Random): string {
  const id = 1 + random.below(200);
  switch (random.below(5)) {
    case 0:
      return `INSERT INTO orders (n, body) SELECT ${id}, repeat('x', 100) FROM generate_series(1, 5)`;
    case 1:
      return `UPDATE orders SET n = n + 1 WHERE id % 200 = ${id}`;
    case 2:
      return `DELETE FROM orders WHERE id % 500 = ${id}`;
    default:
      return `UPDATE counters SET n = n + 1 WHERE id = ${id}`;
  }
}
