/** The rows of one query: the manifest's streams as views of a DuckDB in memory, which may read the listed files and do nothing else. */
import { quoteName, quoteText } from "@tapline/columns";
import { duckdbDigest, readRows } from "@tapline/duckdb";
import { type DigestSource, type DigestTableName, isMetadataColumn, type Query, type RowReader, TaplineError } from "@tapline/sdk";
import { sqlErrors } from "@tapline/sql";
import { errors } from "../errors.ts";
import { readOnly } from "../manifest/held-manifest.ts";
import type { Manifest, StreamEntry } from "../manifest/manifest.ts";
import { explainEngine } from "../merge/engine.ts";
import { plainRelation } from "../merge/relation.ts";
import { openListed } from "../store/open-listed.ts";
import type { Store } from "../store/store.ts";

export interface QueryOptions {
  store: Store;
  memoryLimit: string;
}

/** Closes the store with the rows. @throws stream_not_loaded, and as `readRows` */
export async function openRows(options: QueryOptions, query: Query, signal: AbortSignal): Promise<RowReader> {
  const { location } = options.store;
  const { api, connection, streams, close } = await openViews(options, (all) => streamsOf(all, query, location), signal);
  try {
    const [only] = streams;
    const sql = "sql" in query ? query.sql : selectOf(only as StreamEntry, query.metadata === true);
    if (sql.includes("\0")) throw sqlErrors.query_failed({ reason: "the text contains a NUL character" });
    // EXPLAIN ANALYZE runs its statement, which may be one that writes.
    const rows = await readRows({ api, connection, signal, allowed: [api.StatementType.SELECT], explain }, sql);
    return { ...rows, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw explain(error);
  }
}

/** All streams of the manifest, for a digest. Closes the store with it. */
export async function openDigest(options: QueryOptions, signal: AbortSignal): Promise<DigestSource> {
  const { location } = options.store;
  const { api, connection, streams, close } = await openViews(options, (all) => all, signal);
  const keyOf = ({ name }: DigestTableName) => streams.find(({ stream }) => stream === name)?.keys;
  return duckdbDigest({ api, connection, location, defaultSchema: undefined, keyOf, explain, close });
}

/** The chosen streams as views that read their files and nothing else. */
async function openViews(
  { store, memoryLimit }: QueryOptions,
  choose: (all: Manifest["streams"]) => readonly StreamEntry[],
  signal: AbortSignal,
) {
  const api = await import("@duckdb/node-api");
  const instance = await api.DuckDBInstance.create(":memory:", {
    memory_limit: memoryLimit,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  const interrupt = (): void => connection.interrupt();
  signal.addEventListener("abort", interrupt);
  const close = async (): Promise<void> => {
    signal.removeEventListener("abort", interrupt);
    connection.closeSync();
    instance.closeSync();
    await store[Symbol.asyncDispose]();
  };
  try {
    const streams = choose((await readOnly(store))?.streams ?? []);
    const paths: string[] = [];
    for (const entry of streams) {
      const own: string[] = [];
      for (const file of entry.files) own.push(await openListed(store, file));
      paths.push(...own);
      await connection.run(viewOf(entry, own));
    }
    api.DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`SET allowed_paths = [${paths.map(quoteText).join(", ")}]`);
    await connection.run("SET enable_external_access = false");
    await connection.run("SET allowed_configs = ['threads']");
    await connection.run("SET lock_configuration = true");
    return { api, connection, streams, close };
  } catch (error) {
    await close();
    throw explain(error);
  }
}

/** Those that the query can be about. */
function streamsOf(all: Manifest["streams"], query: Query, path: string): StreamEntry[] {
  if ("sql" in query) {
    const text = query.sql.toLowerCase();
    return all.filter(({ stream }) => text.includes(stream.toLowerCase()));
  }
  const entry = all.find(({ stream }) => stream === query.stream);
  if (entry === undefined) throw errors.stream_not_loaded({ path, stream: query.stream, known: all.map(({ stream }) => stream) });
  return [entry];
}

function viewOf({ stream, files, schemas, columns }: StreamEntry, paths: readonly string[]): string {
  const readable = files.map(({ schema }, index) => ({ path: paths[index] as string, columns: schemas[schema] ?? [] }));
  return `CREATE VIEW ${quoteName(stream)} AS ${plainRelation(readable, columns)}`;
}

function selectOf({ stream, columns }: StreamEntry, withMetadata: boolean): string {
  const shown = columns.filter(({ property }) => withMetadata || !isMetadataColumn(property));
  const list = (shown.length > 0 ? shown : columns).map(({ name }) => quoteName(name)).join(", ");
  return `SELECT ${list} FROM ${quoteName(stream)}`;
}

function explain(error: unknown): TaplineError {
  return error instanceof TaplineError ? error : explainEngine(error);
}
