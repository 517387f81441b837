/** Checks of tables through a session that reads: the answer of SQL targets to `--check`. */
import type { Check, CheckFound } from "@tapline/protocol";
import { mostFaultyRows } from "@tapline/protocol";
import type { ReadSession } from "../query/read-session.ts";
import { withoutEnd } from "../standard/checks.ts";
import { type CheckedNames, findCheckedTable } from "./checked-table.ts";
import { runChecks, type TableReader } from "./run-checks.ts";

export interface CheckTablesOptions extends CheckedNames {
  /** Opens a session; another one after a statement that failed. */
  open(): Promise<ReadSession>;
  /** In milliseconds. */
  now: number;
}

export async function* checkTables(checks: readonly Check[], options: CheckTablesOptions): AsyncGenerator<CheckFound> {
  const { dialect, now } = options;
  let session: ReadSession | undefined;
  /** After an error a session may refuse everything else. */
  const using = async <T>(work: (session: ReadSession) => Promise<T>): Promise<T> => {
    session ??= await options.open();
    try {
      return await work(session);
    } catch (error) {
      const failed = session;
      session = undefined;
      await failed[Symbol.asyncDispose]();
      throw error;
    }
  };
  const reader: TableReader = {
    table: (stream, properties) => using((open) => findCheckedTable(options, open, stream, properties)),
    texts: (sql) =>
      using(async (open) => {
        const rows = await (await open.select(sql)).read(mostFaultyRows);
        return rows.map((cells) => cells.map((cell) => JSON.parse(cell) as string | null));
      }),
    faults: (sql) =>
      using(async (open) => {
        const rows = await open.select(withoutEnd(sql));
        const first = await rows.read(mostFaultyRows);
        const count = first.length + (await rows.countRest());
        const asRow = (cells: readonly string[]) =>
          Object.fromEntries(cells.map((cell, at) => [rows.columns[at]?.name ?? "", JSON.parse(cell)]));
        return { count, first: first.map(asRow) };
      }),
  };
  try {
    const { quote } = dialect.names;
    const { constant, matches } = dialect.statements;
    yield* runChecks(checks, reader, { parts: { quote, constant, matches }, now });
  } finally {
    await session?.[Symbol.asyncDispose]();
  }
}
