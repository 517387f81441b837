/** Checks of tables in the transaction of a load, before its commit: they see its rows, which nobody else does yet. */
import type { Check, CheckFound } from "@tapline/protocol";
import { mostFaultyRows } from "@tapline/protocol";
import type { Connection } from "../connection.ts";
import type { Transaction } from "../load/transaction.ts";
import { withoutEnd } from "../standard/checks.ts";
import { type CheckedNames, findCheckedTable } from "./checked-table.ts";
import { runChecks, type TableReader } from "./run-checks.ts";

export interface CheckLoadOptions extends CheckedNames {
  connection: Connection;
  transaction: Transaction;
  readRows: NonNullable<Connection["readRows"]>;
  /** In milliseconds. */
  now: number;
}

export async function* checkLoad(checks: readonly Check[], options: CheckLoadOptions): AsyncGenerator<CheckFound> {
  const { dialect, connection, transaction, readRows, now } = options;
  const using = await isolation(options);
  const reader: TableReader = {
    table: (stream, properties) => using(() => findCheckedTable(options, connection, stream, properties)),
    texts: (sql) => using(async () => (await connection.query(sql)) as (string | null)[][]),
    faults: (sql) =>
      using(async () => {
        const { columns, rows, count } = await readRows(withoutEnd(sql), mostFaultyRows);
        const first = rows.map((cells) => Object.fromEntries(cells.map((cell, at) => [columns[at] ?? "", JSON.parse(cell)])));
        return { count, first };
      }),
  };
  await transaction.begin();
  const { quote } = dialect.names;
  const { constant, matches } = dialect.statements;
  yield* runChecks(checks, reader, { parts: { quote, constant, matches }, now });
}

/** Each question leaves the transaction as it was. Without savepoints an error ends it, and is then the answer to all questions that follow. */
async function isolation({ dialect, connection }: CheckLoadOptions): Promise<<T>(work: () => Promise<T>) => Promise<T>> {
  if (dialect.traits.savepoints) {
    const { set, rollBack, release } = dialect.statements.savepoint("tapline_check");
    return async (work) => {
      await connection.run(set);
      try {
        return await work();
      } finally {
        await connection.run(rollBack);
        await connection.run(release);
      }
    };
  }
  let ended: { error: unknown } | undefined;
  return async (work) => {
    if (ended !== undefined) throw ended.error;
    try {
      return await work();
    } catch (error) {
      ended = { error };
      throw error;
    }
  };
}
