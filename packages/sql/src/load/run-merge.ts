/** Runs the merge that ends a load: repeated rows are deleted, new rows replace old ones, and the row count is checked. */
import type { TargetStream } from "@tapline/sdk";
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import type { ApplyRows, CheaperRows, DeletePlan, MergePlan, ReplaceRows } from "../dialect/merge.ts";
import { errors } from "../errors.ts";
import { type Fold, findFold, foldRows } from "./fold-rows.ts";
import { isRefusal } from "./isolate.ts";
import { mergeInParts } from "./merge-in-parts.ts";
import { withSavepoint } from "./with-savepoint.ts";

export interface MergeInput {
  connection: Connection;
  dialect: Dialect;
  /** Quoted and qualified. */
  table: string;
  stream: TargetStream;
  merge: MergePlan;
  /** Rows of the table before the load, where they were counted. */
  rowsBefore: bigint;
  /** Rows that landed. */
  rows: number;
  /** No key arrived twice. */
  areKeysUnique: boolean;
  /** Where the rows landed in a table that gets its key now: gives it, unless a key arrived twice. @returns whether the table has it */
  tryKey?: (() => Promise<boolean>) | undefined;
}

/** What became of the landed rows; those not counted here were inserted. */
export interface Merged {
  superseded: number;
  updated: number;
  refused: number;
  /** Records that deleted the row of their key, and the rows they deleted. */
  deleteRecords: number;
  deleted: number;
  /** By column: values that rows leave unchanged and that were nowhere to be found, so that they are NULL. */
  lost: ReadonlyMap<string, number>;
}

/** Looks at what landed, and makes the tables that the merge fills. Where DDL commits, the transaction must not have begun. */
export async function prepareMerge({ connection, merge, table }: MergeInput): Promise<Fold | undefined> {
  const fold = merge.fold === undefined ? undefined : await findFold(connection, merge.fold, table);
  for (const statement of [fold?.prepare, merge.deletes?.prepare]) if (statement !== undefined) await connection.run(statement, table);
  return fold;
}

/** Drops what `prepareMerge` made, where DDL commits: after the commit. */
export async function cleanMerge({ connection, merge, table }: MergeInput, fold: Fold | undefined): Promise<void> {
  const statements = [fold?.clean, merge.deletes?.clean, ...(merge.clean ?? [])];
  for (const statement of statements) if (statement !== undefined) await connection.run(statement, table);
}

/** `fold`: what `prepareMerge` returned. @throws insert_count_mismatch, count_mismatch and what the database refuses */
export async function runMerge(input: MergeInput, fold: Fold | undefined): Promise<Merged> {
  const { connection, merge, table } = input;
  // An older row must not give its values to one that is loaded.
  const older = fold === undefined || merge.outdated === undefined ? 0 : await connection.run(merge.outdated, table);
  const folded = fold === undefined ? undefined : await foldRows(connection, fold, table);
  const taken = merge.deletes === undefined ? { records: 0, superseded: 0 } : await setAside(input, merge.deletes);
  const rows = input.rows - older - taken.records - taken.superseded;
  let superseded = input.areKeysUnique ? 0 : await dedupe(input);
  if (merge.outdated !== undefined) superseded += await connection.run(merge.outdated, table);
  await folded?.fill();
  for (const statement of [merge.keep, merge.clear, merge.prune]) if (statement !== undefined) await connection.run(statement, table);
  const { updated, refused, deleted: replaced } = await apply(input, rows - superseded);
  if (merge.prune !== undefined && refused > 0) await connection.run(merge.prune, table);
  for (const statement of merge.finish) await connection.run(statement, table);
  if (merge.count !== undefined)
    await checkCount(input, merge.count, (merge.clear === undefined ? input.rowsBefore : 0n) + BigInt(rows - superseded - replaced));
  const deleted = merge.deletes === undefined ? 0 : await applyDeletes(input, merge.deletes);
  const all = { superseded: superseded + older + taken.superseded, updated, refused, deleteRecords: taken.records, deleted };
  return { ...all, lost: folded?.lost ?? new Map() };
}

/** `superseded`: a later row or record has the same key. */
async function setAside({ connection, table }: MergeInput, plan: DeletePlan): Promise<{ records: number; superseded: number }> {
  await connection.run(plan.collect, table);
  if (plan.outdated !== undefined) await connection.run(plan.outdated, table);
  const records = Number((await connection.query(plan.count, table))[0]?.[0]);
  const all = await connection.run(plan.takeOut, table);
  return { records, superseded: all - records };
}

/** @returns how many rows of the table are deleted now */
async function applyDeletes({ connection, table }: MergeInput, plan: DeletePlan): Promise<number> {
  let deleted = await connection.run(plan.apply, table);
  if (plan.insert !== undefined) {
    await connection.run(plan.insert.dropKnown, table);
    deleted += await connection.run(plan.insert.rest, table);
  }
  if (plan.finish !== undefined) await connection.run(plan.finish, table);
  return deleted;
}

async function dedupe({ connection, table, merge, tryKey }: MergeInput): Promise<number> {
  if (merge.dedupe === undefined || (await tryKey?.()) === true) return 0;
  const isRepeated = (await connection.query(merge.dedupe.findRepeated, table)).length > 0;
  return isRepeated ? connection.run(merge.dedupe.deleteSuperseded, table) : 0;
}

/** `deleted` may be more than `updated`: a table that was once loaded without keys may hold one key several times. */
async function apply(input: MergeInput, rows: number): Promise<{ updated: number; refused: number; deleted: number }> {
  const { connection, dialect, table, stream, merge } = input;
  if (merge.apply === undefined || rows === 0) return { updated: 0, refused: 0, deleted: 0 };
  const cheaper = merge.apply.kind === "cheaper" ? await replaceCheaply(input, merge.apply, rows) : undefined;
  if (cheaper !== undefined) return { updated: cheaper, refused: 0, deleted: 0 };
  let deleted = 0;
  const step = async (plan: ApplyRows, count: number): Promise<number> => {
    const done = await applyStep(input, plan, count);
    deleted += done.deleted;
    return done.updated;
  };
  if (merge.parts === undefined || stream.reject === undefined || !dialect.traits.savepoints)
    return { updated: await step(merge.apply, rows), refused: 0, deleted };
  const { reject } = stream;
  const done = await mergeInParts(merge.apply, { connection, dialect, table, parts: merge.parts, rows, apply: step, reject });
  return { ...done, deleted };
}

/** @returns how many rows were updates; undefined where it may not be done, or a row was refused */
async function replaceCheaply(
  input: MergeInput,
  { leastRows, lock, mayReplace, replace }: CheaperRows,
  rows: number,
): Promise<number | undefined> {
  const { connection, dialect, table } = input;
  if (rows < leastRows) return undefined;
  await connection.run(lock, table);
  const [answer] = (await connection.query(mayReplace, table))[0] ?? [];
  if (answer !== "t" && answer !== true) return undefined;
  try {
    return await withSavepoint(
      connection,
      dialect.statements.savepoint("tapline_replace"),
      async () => (await applyStep(input, replace, rows)).updated,
    );
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return undefined;
  }
}

async function applyStep(input: MergeInput, plan: ApplyRows, rows: number): Promise<{ updated: number; deleted: number }> {
  const { connection, table } = input;
  if (plan.kind === "cheaper") return applyStep(input, plan.upsert, rows);
  if (plan.kind === "upsert") {
    const [written, updated] = (await connection.query(plan.query, table))[0] as unknown[];
    checkWritten(input, rows, Number(written));
    return { updated: Number(updated), deleted: 0 };
  }
  if (plan.kind === "narrowed") {
    const { ends, apply } = plan.narrow();
    return applyStep(input, apply(ends === undefined ? [] : ((await connection.query(ends, table))[0] ?? [])), rows);
  }
  if (plan.kind === "merge") {
    const updated = Number((await connection.query(plan.count, table))[0]?.[0]);
    const changed = await connection.run(plan.statement, table);
    // More, where the table holds a key several times.
    if (changed < rows) checkWritten(input, rows, changed);
    return { updated, deleted: 0 };
  }
  const replaced = plan.replaced === undefined ? { updated: 0, deleted: 0 } : await removeReplaced(input, plan.replaced);
  let written = 0;
  for (const statement of plan.insert) written += await connection.run(statement, table);
  if (plan.insert.length > 0) checkWritten(input, rows, written);
  return replaced;
}

async function removeReplaced(
  { connection, table }: MergeInput,
  { meets, count, remove }: NonNullable<ReplaceRows["replaced"]>,
): Promise<{ updated: number; deleted: number }> {
  if (meets !== undefined && (await connection.query(meets, table)).length === 0) return { updated: 0, deleted: 0 };
  const counted = count === undefined ? undefined : Number((await connection.query(count, table))[0]?.[0]);
  const deleted = counted === 0 ? 0 : await connection.run(remove, table);
  return { updated: counted ?? deleted, deleted };
}

function checkWritten({ table, stream, dialect }: MergeInput, expected: number, found: number): void {
  if (found !== expected) throw errors.insert_count_mismatch({ table, expected, found, database: dialect.name }, { stream: stream.name });
}

async function checkCount({ connection, table, stream }: MergeInput, count: string, expected: bigint): Promise<void> {
  const found = BigInt((await connection.query(count, table))[0]?.[0] as bigint);
  if (found !== expected) throw errors.count_mismatch({ table, expected: String(expected), found: String(found) }, { stream: stream.name });
}
