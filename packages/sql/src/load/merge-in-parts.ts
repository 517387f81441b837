/**
 * Merges rows of which the table refuses some, where the user chose to go on: all of them after a savepoint, then part by part until each
 * refused row is known. A refused row is read back from where it landed, as nothing else of it is left.
 */
import type { TaplineError } from "@tapline/sdk";
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import type { ApplyRows, LandingParts } from "../dialect/merge.ts";
import { isolate, isRefusal } from "./isolate.ts";
import { withSavepoint } from "./with-savepoint.ts";

export interface MergeInParts {
  connection: Connection;
  dialect: Dialect;
  table: string;
  parts: LandingParts;
  /** Landed rows. */
  rows: number;
  /** Applies one step of the plan to so many rows. @returns how many were updates */
  apply(step: ApplyRows, rows: number): Promise<number>;
  /** Takes the row as JSON text. */
  reject(refusal: TaplineError, record: string): void;
}

/** @returns how many rows were updates, and how many were refused. @throws errors that refuse no single row, and what `reject` throws */
export async function mergeInParts(whole: ApplyRows, merge: MergeInParts): Promise<{ updated: number; refused: number }> {
  const { connection, dialect, table, parts, rows, apply, reject } = merge;
  const afterSavepoint = <T>(work: () => Promise<T>): Promise<T> =>
    withSavepoint(connection, dialect.statements.savepoint(savepoint), work);
  try {
    return { updated: await afterSavepoint(() => apply(whole, rows)), refused: 0 };
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }

  for (const statement of parts.prepare) await connection.run(statement, table);
  let updated = 0;
  let refused = 0;
  await isolate({
    count: rows,
    put: async (from, to) => {
      updated += await afterSavepoint(() => apply(parts.apply(from, to), to - from));
    },
    refuse: async (row, refusal) => {
      const [found] = await connection.query(parts.read(row), table);
      reject(refusal, String(found?.[0]));
      await connection.run(parts.drop(row), table);
      refused++;
    },
  });
  return { updated, refused };
}

const savepoint = "tapline_merge";
