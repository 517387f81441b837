/** Loads a file of messages into a new database, through a target's whole path, and reads its tables with another program. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig, load, type Row, type StreamSummary, type Target, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import type { PostgresServer } from "@tapline/testing/postgres";
import duckdb from "../../../plugins/target-duckdb/src/index.ts";
import { readTable as readDuckdb } from "../../../plugins/target-duckdb/test/read-table.ts";
import postgres from "../../../plugins/target-postgres/src/index.ts";
import { readTable as readPostgres } from "../../../plugins/target-postgres/test/read-table.ts";
import { postgresDatabase } from "../src/faults/database.ts";

/** A target and a database that nobody else uses. */
export interface LoadedDatabase extends AsyncDisposable {
  target: Target;
  config: Record<string, unknown>;
  /** `schema`: undefined for the one that tables without a schema are in. */
  read(schema: string | undefined, table: string): Promise<Row[] | null>;
}

export function newDuckdb(): LoadedDatabase {
  const folder = mkdtempSync(join(tmpdir(), "message-files-"));
  const filepath = join(folder, "loaded.duckdb");
  return {
    target: duckdb as unknown as Target,
    config: { filepath },
    read: (schema = "main", table) => readDuckdb(filepath, table, schema),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true });
    },
  };
}

export async function newPostgres(server: PostgresServer): Promise<LoadedDatabase> {
  const database = await postgresDatabase(server);
  return {
    target: postgres as unknown as Target,
    config: database.config,
    read: (schema = "public", table) => readPostgres({ read: database.query }, schema, table),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

export interface LoadedMessages {
  failure: unknown;
  summaries: Map<string, StreamSummary>;
}

/** Rows that are deleted are removed. */
export async function loadMessages(
  { target, config }: LoadedDatabase,
  text: string,
  settings: Record<string, unknown> = {},
): Promise<LoadedMessages> {
  const given = { ...config, hard_delete: true, ...settings };
  const checked = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config, target.loadMethods), given);
  const summaries = new Map<string, StreamSummary>();
  const onSummary = (all: StreamSummary[]): void => {
    for (const summary of all) summaries.set(summary.stream, summary);
  };
  async function* input(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  try {
    for await (const _ of load(target, checked.config, input(), { onSummary }));
    return { failure: undefined, summaries };
  } catch (failure) {
    return { failure, summaries };
  }
}
