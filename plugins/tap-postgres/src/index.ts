/** tap-postgres: reads tables and views of a PostgreSQL database. */
import { connectionOptions, openDigest } from "@tapline/postgres";
import { defineTap, type OpenContext, packageVersion, type Stream, type TapSession } from "@tapline/sdk";
import { defaultCursor, expectOwnNames, streamName, streamOf, tableChoice, tableName, unknownTypesNote } from "@tapline/sql-tap";
import { aliases, type Config, config } from "./config.ts";
import { findTables, type PostgresTable } from "./discover/tables.ts";
import { errors } from "./errors.ts";
import { inventoryOf } from "./inventory.ts";
import { logGroup } from "./log/read-log.ts";
import { readTable } from "./read/read-table.ts";
import { holdSnapshot, takeSnapshot } from "./snapshot.ts";

export { tapPostgresErrorCatalogue } from "./errors.ts";

/** A server reports the start of a transaction a moment after it began, and a column may round its time. */
const holdMarginMs = 5000;

export default tapPostgres(holdMarginMs);

/** `marginMs`: how long before the start of the oldest open transaction a bookmark is held. */
export function tapPostgres(marginMs: number) {
  return defineTap({
    name: "tap-postgres",
    version: packageVersion(import.meta.url),
    description: "Reads tables and views of a PostgreSQL database",
    config,
    aliases,
    files: "pgcopy",
    readsRange: true,
    follows: true,
    opens: [{ schemes: ["postgres", "postgresql"], setting: "sqlalchemy_url" }],
    snapshot: (settings) => holdSnapshot(optionsOf(settings), marginMs),
    inventory: (settings, streams) => inventory(settings, streams),
    open: (settings, context) => open(settings, context, marginMs),
    digest: (settings, signal) =>
      openDigest({ options: optionsOf(settings), defaultSchema: "public", signal, snapshot: settings.snapshot?.id }),
  });
}

const optionsOf = (settings: Config) => connectionOptions(settings.ssl ? { ssl_mode: "require", ...settings } : settings, "tap-postgres");

async function inventory(settings: Config, streams: readonly string[]) {
  await using snapshot = await takeSnapshot(optionsOf(settings), 0, settings.snapshot);
  const types = { moneyScale: snapshot.facts.moneyScale, datesAsText: settings.dates_as_string === true };
  const wanted = new Set(streams);
  const tables = await findTables(snapshot.session, types, (schema, name) => wanted.has(streamName({ schema, name })));
  return await inventoryOf(snapshot.session, tables);
}

/** @throws errors of connecting, snapshot_gone, no_tables */
async function open(settings: Config, { wanted, log, stateId, follow, durable }: OpenContext, marginMs: number): Promise<TapSession> {
  const options = optionsOf(settings);
  const snapshot = await takeSnapshot(options, marginMs, settings.snapshot);
  try {
    let released: PromiseLike<void> | undefined;
    const release = async (): Promise<void> => {
      released ??= snapshot[Symbol.asyncDispose]();
      await released;
    };
    const choice = tableChoice(settings);
    const types = { moneyScale: snapshot.facts.moneyScale, datesAsText: settings.dates_as_string === true };
    const found = await findTables(
      snapshot.session,
      types,
      (schema, name) => choice.takes(schema, name) && (wanted === undefined || wanted.has(streamName({ schema, name }))),
    );
    const tables = withColumns(found, (message) => log("warning", message));
    if (tables.length === 0 && wanted === undefined)
      throw errors.no_tables({ database: options.database, user: options.role ?? options.user, settings: choice.settings });
    const idle = choice.unmatched();
    if (idle.length > 0) log("warning", `matches no table that the role may read: ${idle.join(", ")}`);
    expectOwnNames(tables);
    const unread = Object.keys(settings.stream_options ?? {}).filter((name) => !tables.some((table) => streamName(table) === name));
    if (unread.length > 0 && wanted === undefined) log("warning", `stream_options names streams that there are not: ${unread.join(", ")}`);
    const note = unknownTypesNote(tables, "PostgreSQL");
    if (note !== undefined) log("info", note);
    return {
      streams: tables.map((table) => ({
        ...streamOf(table, (context) => readTable(table, context, snapshot, settings)),
        ...defaultMethod(table, settings),
      })),
      together: [logGroup({ options, config: settings, types, tables, log, stateId, follow, durable, release })],
      [Symbol.asyncDispose]: release,
    };
  } catch (error) {
    await snapshot[Symbol.asyncDispose]();
    throw error;
  }
}

/** Of a stream whose catalog names none. */
function defaultMethod(
  table: PostgresTable,
  { default_replication_method: method }: Config,
): Pick<Stream, "replicationMethod" | "replicationKey"> {
  if (method === "INCREMENTAL") return defaultCursor(table);
  return method === "LOG_BASED" && (table.kind === "r" || table.kind === "p") ? { replicationMethod: "LOG_BASED" } : {};
}

/** A table without columns has rows that say nothing, and no target can store them. */
function withColumns(found: readonly PostgresTable[], warn: (message: string) => void): PostgresTable[] {
  const empty = found.filter(({ columns }) => columns.length === 0);
  if (empty.length > 0) warn(`left out, because they have no columns: ${empty.map(tableName).join(", ")}`);
  return found.filter(({ columns }) => columns.length > 0);
}
