/** The sink of a SQL target: one transaction over all streams, with the ledger's entry in it, and one loader for each stream. */
import type { UnknownFields, ValueRules } from "@tapline/columns";
import { ledgerTable, propertyNames } from "@tapline/protocol";
import {
  type Committed,
  isMetadataColumn,
  type OpenPurpose,
  type Reject,
  type Sink,
  type StreamCounts,
  type TargetStream,
  type Writer,
} from "@tapline/sdk";
import { checkLoad } from "../checks/check-load.ts";
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import { missingTables } from "../ledger/missing-tables.ts";
import type { OpenLedger } from "../ledger/open-ledger.ts";
import type { NameCase } from "../names/name-case.ts";
import type { NamingSettings, TableName } from "../names/table-name.ts";
import type { SchemaPolicy } from "../settings.ts";
import { toleratingDeselected, withoutDeselected } from "../unknown-fields.ts";
import { checkedSchema, columnSchema } from "../value-settings.ts";
import { keptRejects } from "./kept-rejects.ts";
import { rejectsBatch, rejectsStream, rejectsTable } from "./rejects-table.ts";
import { forStream } from "./stream-error.ts";
import { TableLoader } from "./table-loader.ts";
import { locateTable } from "./table-location.ts";
import { Transaction } from "./transaction.ts";

export interface SinkOptions {
  naming: NamingSettings;
  columnNames: NameCase;
  runId: string | undefined;
  ledger: OpenLedger | undefined;
  /** Rows don't replace rows with a larger `_sdc_sequence`, and `rejects` of the sink is there. */
  purpose: OpenPurpose;
  policyOf: (stream: string) => SchemaPolicy;
  unknownFieldsOf: (stream: TargetStream) => UnknownFields;
  rules: ValueRules;
  hardDelete: boolean;
}

/** Owns the connection and closes it with the sink. */
export function sqlSink(
  dialect: Dialect,
  connection: Connection,
  { naming, columnNames, runId, ledger, purpose, policyOf, unknownFieldsOf, rules, hardDelete }: SinkOptions,
): Sink {
  const { names } = dialect;
  const transaction = new Transaction(connection, dialect.traits);
  let ordinal = 0;
  const keepsNewer = purpose === "rejects";
  const context = { dialect, connection, transaction, rules, hardDelete, columnNames, keepsNewer, nextOrdinal: () => ++ordinal };
  const loaders = new Map<string, TableLoader>();
  /** Loaders of the tables of rejects, by stream. */
  const rejects = new Map<string, TableLoader>();
  /** By folded table name. */
  const owners = new Map<string, string>();
  const claim = ({ schema, table }: TableName, stream: string): void => {
    const folded = JSON.stringify([names.fold(schema), names.fold(table)]);
    const first = owners.get(folded);
    if (first !== undefined && first !== stream)
      throw errors.name_collision({ table: `${schema}.${table}`, first, second: stream }, { stream });
    owners.set(folded, stream);
  };

  const tableOf = async (stream: TargetStream): Promise<TableName> => {
    await transaction.settled();
    const table = await locateTable(context, stream, naming);
    claim(table, stream.name);
    if (ledger !== undefined && names.fold(table.table) === names.fold(ledgerTable))
      throw errors.name_collision(
        { table: `${table.schema}.${table.table}`, first: "the ledger", second: stream.name },
        { stream: stream.name },
      );
    return table;
  };

  const keepRejects = async (stream: string, table: TableName, refused: readonly Reject[]): Promise<void> => {
    let loader = rejects.get(stream);
    if (loader === undefined) {
      claim(table, `${stream} (rejected rows)`);
      loader = new TableLoader({ ...context, unknownFields: { policy: "fail", deselected: new Set() } }, "evolve", table);
      await loader.define(rejectsStream(stream));
      rejects.set(stream, loader);
    }
    await loader.write(rejectsBatch(stream, refused, runId));
  };

  /** Streams whose tables were seen in the database after a commit. */
  const stored = new Set<string>();

  /** @throws not_stored */
  const checkStored = async (): Promise<void> => {
    const streams = [...loaders.keys()].filter((stream) => !stored.has(stream));
    const [missing] = await missingTables({ dialect, connection, naming }, streams);
    if (missing !== undefined) throw errors.not_stored({ table: missing.table, location: connection.location }, { stream: missing.stream });
    for (const stream of streams) stored.add(stream);
  };

  const settle = async (): Promise<void> => {
    for (const [stream, loader] of loaders) await forStream(stream, () => loader.settle());
  };

  return {
    ...(purpose === "rejects" && { rejects: keptRejects({ ...context, naming }) }),
    guarantee: ledger?.guarantee,
    checkedSchema: (schema, stream) => toleratingDeselected(checkedSchema(schema, rules, dialect.types), unknownFieldsOf(stream)),
    async open(stream: TargetStream): Promise<Writer> {
      const table = await forStream(stream.name, () => tableOf(stream));
      const unknownFields = unknownFieldsOf(stream);
      const loader = new TableLoader({ ...context, unknownFields }, policyOf(stream.name), table);
      const forOwn = <T>(work: () => Promise<T>): Promise<T> => forStream(stream.name, work);
      let hasProperties = true;
      const define = (next: TargetStream): Promise<void> => {
        const schema = withoutDeselected(next.schema, unknownFields);
        hasProperties = propertyNames(schema).some((name) => !isMetadataColumn(name));
        return forOwn(() => loader.define({ ...next, schema: columnSchema(schema, rules) }));
      };
      await define(stream);
      loaders.set(stream.name, loader);
      return {
        async write(batch) {
          if (!hasProperties && batch.count > 0) throw errors.schema_without_properties({}, { stream: stream.name });
          await loader.write(batch);
        },
        takesFile: (file) => forOwn(async () => hasProperties && (await loader.takesFile(file))),
        alter: define,
        replaceRange: (range) => forOwn(() => loader.deleteRange(range)),
        replaceSource: (column, value) => forOwn(() => loader.deleteSource(column, value)),
        activate: (activation) => forOwn(() => loader.activate(activation)),
        keepRejects: (refused) => keepRejects(stream.name, rejectsTable(names, table), refused),
      };
    },
    settle,
    async commit(state?: string): Promise<Committed> {
      const counts = new Map<string, StreamCounts>();
      await settle();
      // A STATE without rows before it is kept too: once it is reported, a tap may let its source forget what came before.
      if (!transaction.isOpen && (state === undefined || ledger?.ledger === undefined)) return { counts, recorded: false };
      await transaction.begin();
      for (const loader of rejects.values()) await loader.merge();
      await transaction.runDeferred();
      for (const [stream, loader] of loaders) {
        const done = loader.takeCounts();
        if (done !== undefined) counts.set(stream, done);
      }
      const recorded = (await ledger?.ledger?.record(state, counts, loaders.keys())) ?? false;
      await transaction.commit();
      await checkStored();
      return { counts, recorded };
    },
    rollback: () => transaction.rollback(),
    ...(connection.readRows && {
      check: (checks) =>
        checkLoad(checks, {
          ...{
            dialect,
            connection,
            transaction,
            naming,
            nameCase: columnNames,
            readRows: connection.readRows as NonNullable<Connection["readRows"]>,
          },
          now: Date.now(),
        }),
    }),
    destination: (stream) => ({
      table: (loaders.get(stream) as TableLoader).table.label,
      database: connection.location,
      rejects: rejects.get(stream)?.table.label,
    }),
    spent: () => connection.spent?.(),
    async countRows(stream) {
      await transaction.settled();
      return (loaders.get(stream) as TableLoader).table.countRows();
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
