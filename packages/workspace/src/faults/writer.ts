/** Those who write to a database while runs read it: in transactions, until they are stopped. */
import { connectPostgres, type DatabaseAddress } from "@tapline/testing/postgres";
import type { Random } from "./random.ts";

export type Client = Awaited<ReturnType<typeof connectPostgres>>;

/** What a transaction needs of a client. */
export interface Querying {
  query(sql: string): Promise<unknown>;
}

/** Connects again after the server was restarted: it may recover from its log for a minute on a machine with other work. */
export const mostTries = 600;

/** Repeats `work` until it is stopped. What it throws, such as a lost connection, a deadlock or a conflict, ends the transaction only. */
export function startWriter(address: DatabaseAddress, work: (client: Client) => Promise<void>): { stop(): Promise<void> } {
  let isStopped = false;
  const repeat = async (): Promise<void> => {
    let client = await connectPostgres(address, mostTries);
    while (!isStopped) {
      try {
        await work(client);
      } catch {
        await client.end().catch(() => {});
        client = await connectPostgres(address, mostTries);
      }
    }
    await client.end();
  };
  const working = repeat();
  return {
    stop() {
      isStopped = true;
      return working;
    },
  };
}

/** A transaction of a few statements, some of them after a savepoint. `write` gives one. @returns whether it was committed */
export async function writeTransaction(
  client: Querying,
  random: Random,
  write: (random: Random) => string,
  afterEach: () => Promise<void> = async () => {},
): Promise<boolean> {
  await client.query("BEGIN");
  for (let statements = 1 + random.below(4); statements > 0; statements--) {
    const isInside = random.below(3) === 0;
    if (isInside) await client.query("SAVEPOINT s");
    await client.query(write(random));
    if (isInside) await client.query(random.below(3) === 0 ? "ROLLBACK TO s" : "RELEASE s");
    await afterEach();
  }
  const isUndone = random.below(6) === 0;
  await client.query(isUndone ? "ROLLBACK" : "COMMIT");
  return !isUndone;
}
