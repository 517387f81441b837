/** The verbs of the target: one transaction over all streams, one loader a stream. */
import type { Sink, StreamCounts, TargetStream, Writer } from "@tapline/sdk";
import { Lane } from "./columns/lane.ts";
import { type Config, databasePath } from "./config.ts";
import { connect } from "./connection.ts";
import { errors } from "./errors.ts";
import { makeScratch } from "./scratch.ts";
import { TableLoader } from "./table-loader.ts";
import { foldName, type NamingSettings, tableName } from "./table-name.ts";
import { Transaction } from "./transaction.ts";

/** @throws the errors of settings and of the database file */
export async function openSink(config: Config): Promise<Sink> {
  const path = databasePath(config.filepath);
  const naming: NamingSettings = { streamNames: config.stream_names ?? "singer_sdk", defaultSchema: config.default_target_schema };
  const connection = await connect({ path, memoryLimit: config.memory_limit ?? "512MB", threads: config.threads });
  const scratch = await makeScratch().catch(async (error: unknown) => {
    await connection[Symbol.asyncDispose]();
    throw error;
  });
  const transaction = new Transaction(connection);
  const lanes: Lane[] = [];
  const context = {
    connection,
    transaction,
    scratch,
    path,
    lanes: (index: number) => {
      lanes[index] ??= new Lane();
      return lanes[index];
    },
  };
  const loaders = new Map<string, TableLoader>();
  const owners = new Map<string, string>();

  return {
    async open(stream: TargetStream): Promise<Writer> {
      const table = tableName(stream.name, naming);
      const place = JSON.stringify([foldName(table.schema), foldName(table.table)]);
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
        await scratch[Symbol.asyncDispose]();
        await connection[Symbol.asyncDispose]();
      }
    },
  };
}
