/** The verbs of a SQL target: one transaction over all streams, one loader a stream. */
import type { Sink, StreamCounts, TargetStream, Writer } from "@tapline/sdk";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { errors } from "./errors.ts";
import { checkName } from "./identifier.ts";
import { TableLoader } from "./table-loader.ts";
import { type NamingSettings, tableName } from "./table-name.ts";
import { Transaction } from "./transaction.ts";

/** Takes over the connection: it is closed with the sink. */
export function sqlSink(dialect: Dialect, connection: Connection, naming: NamingSettings): Sink {
  const transaction = new Transaction(connection);
  let ordinal = 0;
  const context = { dialect, connection, transaction, nextOrdinal: () => ++ordinal };
  const loaders = new Map<string, TableLoader>();
  const owners = new Map<string, string>();

  return {
    async open(stream: TargetStream): Promise<Writer> {
      const table = tableName(stream.name, naming);
      checkName(dialect, table.schema, "schema", { stream: stream.name });
      checkName(dialect, table.table, "table", { stream: stream.name });
      const place = JSON.stringify([dialect.fold(table.schema), dialect.fold(table.table)]);
      const first = owners.get(place);
      if (first !== undefined && first !== stream.name)
        throw errors.name_collision({ table: `${table.schema}.${table.table}`, first, second: stream.name }, { stream: stream.name });
      owners.set(place, stream.name);
      const loader = new TableLoader(context, stream, table);
      await loader.prepare();
      loaders.set(stream.name, loader);
      return loader;
    },

    async commit(): Promise<Map<string, StreamCounts>> {
      const counts = new Map<string, StreamCounts>();
      if (!transaction.isOpen) return counts;
      for (const loader of loaders.values()) await loader.merge();
      await transaction.commit();
      for (const [stream, loader] of loaders) {
        const done = loader.takeCounts();
        if (done !== undefined) counts.set(stream, done);
      }
      return counts;
    },

    rollback: () => transaction.rollback(),

    async countRows(stream: string): Promise<number> {
      await transaction.settled();
      return (loaders.get(stream) as TableLoader).countRows();
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
