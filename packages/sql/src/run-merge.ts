/** Runs the merge that ends a load: rows that came twice go, new rows meet old ones, and what came must be there. */
import type { TargetStream } from "@tapline/sdk";
import type { Connection } from "./connection.ts";
import type { MergePlan } from "./dialect.ts";
import { errors } from "./errors.ts";
import { mergeSparingly } from "./merge-parts.ts";

export interface MergeInput {
  connection: Connection;
  /** Quoted and qualified. */
  table: string;
  stream: TargetStream;
  /** The database, for messages. */
  database: string;
  merge: MergePlan;
  /** Rows of the table before the load, where they were counted. */
  rowsBefore: bigint;
  /** Rows that landed. */
  rows: number;
  /** No key came twice. */
  areKeysUnique: boolean;
}

/** What became of the rows that landed; those in none of these numbers were inserted. */
export interface Merged {
  superseded: number;
  updated: number;
  refused: number;
}

/** @throws insert_count_mismatch, count_mismatch and what the database refuses */
export async function runMerge(input: MergeInput): Promise<Merged> {
  const { connection, merge, table, rows } = input;
  const superseded = input.areKeysUnique ? 0 : await dedupe(input);
  for (const statement of [merge.clear, merge.prune]) if (statement !== undefined) await connection.run(statement, table);
  const { updated, refused, deleted } = await apply(input, rows - superseded);
  if (merge.prune !== undefined && refused > 0) await connection.run(merge.prune, table);
  for (const statement of merge.finish) await connection.run(statement, table);
  if (merge.count !== undefined)
    await checkCount(input, merge.count, (merge.clear === undefined ? input.rowsBefore : 0n) + BigInt(rows - superseded - deleted));
  return { superseded, updated, refused };
}

async function dedupe({ connection, table, merge }: MergeInput): Promise<number> {
  if (merge.dedupe === undefined) return 0;
  const isRepeated = (await connection.query(merge.dedupe.findRepeated, table)).length > 0;
  return isRepeated ? connection.run(merge.dedupe.deleteSuperseded, table) : 0;
}

/** `deleted` is not `updated`: a table that was once loaded without keys may hold one key several times. */
async function apply(input: MergeInput, rows: number): Promise<{ updated: number; refused: number; deleted: number }> {
  const { connection, table, stream, merge } = input;
  if (merge.apply === undefined || rows === 0) return { updated: 0, refused: 0, deleted: 0 };
  let deleted = 0;
  const step = async (plan: NonNullable<MergePlan["apply"]>, count: number): Promise<number> => {
    const done = await applyStep(input, plan, count);
    deleted += done.deleted;
    return done.updated;
  };
  if (merge.parts === undefined || stream.reject === undefined) return { updated: await step(merge.apply, rows), refused: 0, deleted };
  const { reject } = stream;
  const done = await mergeSparingly(merge.apply, { connection, table, parts: merge.parts, rows, apply: step, reject });
  return { ...done, deleted };
}

async function applyStep(
  input: MergeInput,
  plan: NonNullable<MergePlan["apply"]>,
  rows: number,
): Promise<{ updated: number; deleted: number }> {
  const { connection, table } = input;
  if (plan.kind === "upsert") {
    const [written, updated] = (await connection.query(plan.query, table))[0] as unknown[];
    checkWritten(input, rows, Number(written));
    return { updated: Number(updated), deleted: 0 };
  }
  const updated = plan.replaced === undefined ? 0 : Number((await connection.query(plan.replaced.count, table))[0]?.[0]);
  const deleted = plan.replaced === undefined || updated === 0 ? 0 : await connection.run(plan.replaced.remove, table);
  if (plan.insert !== undefined) checkWritten(input, rows, await connection.run(plan.insert, table));
  return { updated, deleted };
}

function checkWritten({ table, stream, database }: MergeInput, expected: number, found: number): void {
  if (found !== expected) throw errors.insert_count_mismatch({ table, expected, found, database }, { stream: stream.name });
}

async function checkCount({ connection, table, stream }: MergeInput, count: string, expected: bigint): Promise<void> {
  const found = BigInt((await connection.query(count, table))[0]?.[0] as bigint);
  if (found !== expected) throw errors.count_mismatch({ table, expected: String(expected), found: String(found) }, { stream: stream.name });
}
