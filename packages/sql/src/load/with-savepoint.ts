/** Work that leaves the transaction as it was, and usable, where the database refuses a row. */
import type { Connection } from "../connection.ts";
import type { Savepoint } from "../dialect/statements.ts";
import { isRefusal } from "./isolate.ts";

/** @throws what `work` throws; after any error that refuses no row, the transaction must be rolled back */
export async function withSavepoint<T>(connection: Connection, { set, release, rollBack }: Savepoint, work: () => Promise<T>): Promise<T> {
  await connection.run(set);
  try {
    const result = await work();
    await connection.run(release);
    return result;
  } catch (error) {
    // Any other failure rolls the whole transaction back.
    if (!isRefusal(error)) throw error;
    await connection.run(rollBack);
    // It would stay set, and thousands of them would nest.
    await connection.run(release);
    throw error;
  }
}
