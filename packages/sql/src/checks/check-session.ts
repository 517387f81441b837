/** Checks of tables through a session that reads: the answer of SQL targets to `--check`. */
import type { Check, CheckFound } from "@tapline/protocol";
import { mostFaultyRows, TaplineError } from "@tapline/protocol";
import type { TableDescription } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { nameColumns } from "../names/column-names.ts";
import type { NameCase } from "../names/name-case.ts";
import type { NamingSettings, TableName } from "../names/table-name.ts";
import type { ReadSession } from "../query/read-session.ts";
import { tableOf } from "../query/stream-select.ts";
import { type CheckedTable, withoutEnd } from "../standard/checks.ts";
import { runChecks, type TableReader } from "./run-checks.ts";

export interface CheckTablesOptions {
  dialect: Dialect;
  naming: NamingSettings;
  nameCase: NameCase;
  /** Opens a session; another one after a statement that failed. */
  open(): Promise<ReadSession>;
  /** In milliseconds. */
  now: number;
}

export async function* checkTables(checks: readonly Check[], options: CheckTablesOptions): AsyncGenerator<CheckFound> {
  const { dialect, naming, nameCase, now } = options;
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
    table: (stream, properties) =>
      using(async (open) => {
        try {
          const table = await tableOf({ dialect, session: open, naming }, stream);
          const description = await open.describe(table);
          return description === null
            ? undefined
            : checkedTable({ dialect, database: open.database, table, description, properties, nameCase });
        } catch (error) {
          if (error instanceof TaplineError && error.code === "stream_not_found") return undefined;
          throw error;
        }
      }),
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

interface Described {
  dialect: Dialect;
  database: string;
  table: TableName;
  description: TableDescription;
  properties: readonly string[];
  nameCase: NameCase;
}

/** The table with the columns of those of the properties that have one. */
export function checkedTable({ dialect: { names }, database, table, description, properties, nameCase }: Described): CheckedTable {
  const { columns, stream, ownKey } = description;
  const there = new Set(columns.map(({ name }) => name));
  const named = nameColumns(properties, columns, names, { nameCase, isOthers: stream === undefined }).names;
  return {
    name: names.qualify(database, table),
    columns: new Map([...named].filter(([, column]) => there.has(column))),
    keys: ownKey?.columns ?? [],
    marksDeleted: there.has("_sdc_deleted_at"),
  };
}
