/**
 * The merge of rows of which the table refuses some, where the user chose to go on: behind a savepoint, then part by part,
 * until each refused row is known. It is read back from where it landed, which is all that is left of it by then.
 */
import type { TaplineError } from "@tapline/sdk";
import type { Connection } from "./connection.ts";
import type { LandingParts, MergePlan } from "./dialect.ts";
import { isolate, isRefusal } from "./isolate.ts";

export interface SparingMerge {
  connection: Connection;
  table: string;
  parts: LandingParts;
  /** Rows of the landing. */
  rows: number;
  /** Applies one step of the plan to so many rows. @returns how many were updates */
  apply(step: NonNullable<MergePlan["apply"]>, rows: number): Promise<number>;
  /** Takes the row as JSON text. */
  reject(refusal: TaplineError, record: string): void;
}

/** @returns how many rows were updates, and how many were refused. @throws what is no refusal of a row, and what `reject` throws */
export async function mergeSparingly(
  whole: NonNullable<MergePlan["apply"]>,
  merge: SparingMerge,
): Promise<{ updated: number; refused: number }> {
  const { connection, table, parts, rows, apply, reject } = merge;
  try {
    return { updated: await behindSavepoint(connection, () => apply(whole, rows)), refused: 0 };
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  for (const statement of parts.prepare) await connection.run(statement, table);
  let updated = 0;
  let refused = 0;
  await isolate({
    count: rows,
    put: async (from, to) => {
      updated += await behindSavepoint(connection, () => apply(parts.apply(from, to), to - from));
    },
    refuse: async (place, refusal) => {
      const [row] = await connection.query(parts.read(place), table);
      reject(refusal, String(row?.[0]));
      await connection.run(parts.drop(place), table);
      refused++;
    },
  });
  return { updated, refused };
}

const savepoint = "tapline_merge";

async function behindSavepoint<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.run(`SAVEPOINT ${savepoint}`);
  try {
    const result = await work();
    await connection.run(`RELEASE SAVEPOINT ${savepoint}`);
    return result;
  } catch (error) {
    // Of any other failure the whole transaction is rolled back.
    if (!isRefusal(error)) throw error;
    await connection.run(`ROLLBACK TO SAVEPOINT ${savepoint}`);
    // It would stay, and each of thousands nest in the one before.
    await connection.run(`RELEASE SAVEPOINT ${savepoint}`);
    throw error;
  }
}
