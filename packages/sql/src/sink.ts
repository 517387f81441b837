/** The verbs of a SQL target: one transaction over all streams with the ledger's entry in it, one loader a stream. */
import { type Guarantee, type Reject, type Sink, type StreamCounts, TaplineError, type TargetStream, type Writer } from "@tapline/sdk";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { errors } from "./errors.ts";
import { type Ledger, ledgerTable, takeLedger } from "./ledger.ts";
import { fitName } from "./names/fit-name.ts";
import { type NamingSettings, type TableName, tableName } from "./names/table-name.ts";
import { rejectsBatch, rejectsStream, rejectsTable } from "./rejects-table.ts";
import type { SchemaPolicy, SqlConfig } from "./settings.ts";
import { forStream } from "./stream-error.ts";
import { TableLoader } from "./table-loader.ts";
import { Transaction } from "./transaction.ts";

export interface SinkOptions {
  naming: NamingSettings;
  runId: string | undefined;
  ledger: OpenLedger | undefined;
  policyOf: (stream: string) => SchemaPolicy;
}

/** What was asked for and what could be had. */
export interface OpenLedger {
  ledger: Ledger | undefined;
  guarantee: Guarantee;
}

/** Undefined where no state id was given. @throws ledger_refused, and what the database says when it is not there */
export async function openLedger(dialect: Dialect, connection: Connection, settings: SqlConfig): Promise<OpenLedger | undefined> {
  const {
    state_id: stateId,
    run_id: runId,
    default_target_schema: schema = dialect.fallbackSchema,
    exactly_once: wish = "prefer",
  } = settings;
  if (stateId === undefined || runId === undefined) {
    if (wish === "require") throw errors.ledger_without_run({});
    return undefined;
  }
  try {
    const ledger = await takeLedger({ dialect, connection, schema, stateId }, runId);
    return { ledger, guarantee: { exactly_once: true } };
  } catch (error) {
    // The role, the database or its mode refuses; a server that is away may be back for the rows.
    if (!(error instanceof TaplineError) || error.class !== "config") throw error;
    const reason = `the table ${schema}.${ledgerTable} can't be used: ${error.message}`;
    if (wish === "require") throw errors.ledger_refused({ reason }, {}, error);
    return { ledger: undefined, guarantee: { exactly_once: false, reason } };
  }
}

/** Takes over the connection: it is closed with the sink. */
export function sqlSink(dialect: Dialect, connection: Connection, { naming, runId, ledger, policyOf }: SinkOptions): Sink {
  const transaction = new Transaction(connection);
  let ordinal = 0;
  const context = { dialect, connection, transaction, nextOrdinal: () => ++ordinal };
  const loaders = new Map<string, TableLoader>();
  /** Loaders of tables of rejects, by stream. */
  const rejects = new Map<string, TableLoader>();
  const owners = new Map<string, string>();

  const own = ({ schema, table }: TableName, stream: string): void => {
    const place = JSON.stringify([dialect.fold(schema), dialect.fold(table)]);
    const first = owners.get(place);
    if (first !== undefined && first !== stream)
      throw errors.name_collision({ table: `${schema}.${table}`, first, second: stream }, { stream });
    owners.set(place, stream);
  };

  const keepRejects = async (stream: string, table: TableName, refused: readonly Reject[]): Promise<void> => {
    let loader = rejects.get(stream);
    if (loader === undefined) {
      own(table, `${stream} (rejected rows)`);
      loader = new TableLoader(context, rejectsStream(stream), "evolve", table);
      await loader.prepare();
      rejects.set(stream, loader);
    }
    await loader.write(rejectsBatch(stream, refused, runId));
  };

  const settle = async (): Promise<void> => {
    for (const [stream, loader] of loaders) await forStream(stream, () => loader.settle());
  };

  return {
    guarantee: ledger?.guarantee,
    async open(stream: TargetStream): Promise<Writer> {
      const wished = tableName(stream.name, naming);
      const schema = fitName(wished.schema, { ...dialect, reserved: dialect.reservedSchemas });
      const table = { schema, table: fitName(wished.table, dialect) };
      if (table.schema !== wished.schema || table.table !== wished.table)
        stream.changed?.({ kind: "table_renamed", from: wished.table, to: `${table.schema}.${table.table}` });
      own(table, stream.name);
      if (ledger !== undefined && dialect.fold(table.table) === ledgerTable)
        throw errors.name_collision(
          { table: `${table.schema}.${table.table}`, first: "the ledger", second: stream.name },
          { stream: stream.name },
        );
      const loader = new TableLoader(context, stream, policyOf(stream.name), table);
      const forOwn = <T>(work: () => Promise<T>): Promise<T> => forStream(stream.name, work);
      await forOwn(() => loader.prepare());
      loaders.set(stream.name, loader);
      return {
        write: (batch) => loader.write(batch),
        alter: (next) => forOwn(() => loader.alter(next)),
        activate: (activation) => forOwn(() => loader.activate(activation)),
        keepRejects: (refused) => keepRejects(stream.name, rejectsTable(dialect, table), refused),
      };
    },

    settle,

    async commit(state?: string): Promise<Map<string, StreamCounts>> {
      const counts = new Map<string, StreamCounts>();
      // A STATE without rows before it needs no entry: whoever goes on from the one before it finds the same rows.
      if (!transaction.isOpen) return counts;
      await settle();
      for (const loader of rejects.values()) await loader.merge();
      for (const [stream, loader] of loaders) {
        const done = loader.takeCounts();
        if (done !== undefined) counts.set(stream, done);
      }
      await ledger?.ledger?.record(state, counts);
      await transaction.commit();
      return counts;
    },

    rollback: () => transaction.rollback(),

    async look(stream: string) {
      await transaction.settled();
      const loader = loaders.get(stream) as TableLoader;
      const refused = rejects.get(stream);
      return { table: loader.table.place, rows: await loader.table.countRows(), rejects: refused?.table.place };
    },

    async [Symbol.asyncDispose](): Promise<void> {
      try {
        await transaction.rollback();
      } finally {
        await connection[Symbol.asyncDispose]();
      }
    },
  };
}
