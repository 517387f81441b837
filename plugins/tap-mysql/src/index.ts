/** tap-mysql: reads tables and views of MariaDB and MySQL. */
import { defineTap, type OpenContext, packageVersion, type Stream, type TapSession } from "@tapline/sdk";
import { defaultCursor, expectOwnNames, streamName, streamOf, tableChoice, tableName, unknownTypesNote } from "@tapline/sql-tap";
import { aliases, type Config, config } from "./config.ts";
import { findTables, type MysqlTable } from "./discover/tables.ts";
import { errors } from "./errors.ts";
import { logGroup } from "./log/read-log.ts";
import { ServerCharsets } from "./log/server-charsets.ts";
import { readTable } from "./read/read-table.ts";
import { connectionOptions } from "./session/settings.ts";
import { takeSnapshot } from "./snapshot.ts";

export { tapMysqlErrorCatalogue } from "./errors.ts";

/** The server's lists tell starts to the second, and a moment after the statement took its time. */
const holdMarginMs = 5000;

export default tapMysql(holdMarginMs);

/** `marginMs`: how long before the start of the oldest open statement or transaction a bookmark is held. */
export function tapMysql(marginMs: number) {
  return defineTap({
    name: "tap-mysql",
    version: packageVersion(import.meta.url),
    description: "Reads tables and views of MariaDB and MySQL",
    config,
    aliases,
    readsRange: true,
    follows: true,
    opens: [{ schemes: ["mysql", "mariadb"], setting: "sqlalchemy_url" }],
    open: (settings, context) => open(settings, context, marginMs),
  });
}

/** @throws errors of connecting, mysql_no_tables */
async function open(settings: Config, { wanted, log, follow }: OpenContext, marginMs: number): Promise<TapSession> {
  const isEncrypted = settings.ssl === true || settings.ssl === "true";
  const options = connectionOptions(isEncrypted ? { ssl_mode: "require", ...settings } : settings);
  const snapshot = await takeSnapshot(options, marginMs);
  try {
    const choice = tableChoice(settings);
    const types = { datesAsText: settings.dates_as_string === true, booleans: settings.tinyint1_as_boolean === true };
    const found = await findTables(
      snapshot.session,
      types,
      (schema, name) => choice.takes(schema, name) && (wanted === undefined || wanted.has(streamName({ schema, name }))),
    );
    const tables = withColumns(found, (message) => log("warning", message));
    if (tables.length === 0 && wanted === undefined) {
      const place = options.database === undefined ? "" : `in database ${JSON.stringify(options.database)} `;
      throw errors.mysql_no_tables({ place, user: options.user, settings: choice.settings });
    }
    const idle = choice.unmatched();
    if (idle.length > 0) log("warning", `matches no table that the user may read: ${idle.join(", ")}`);
    expectOwnNames(tables);
    const unread = Object.keys(settings.stream_options ?? {}).filter((name) => !tables.some((table) => streamName(table) === name));
    if (unread.length > 0 && wanted === undefined) log("warning", `stream_options names streams that there are not: ${unread.join(", ")}`);
    const note = unknownTypesNote(tables, "the server");
    if (note !== undefined) log("info", note);
    return {
      streams: tables.map((table) => ({
        ...streamOf(table, (context) => readTable(table, context, snapshot, settings)),
        ...defaultMethod(table, settings),
      })),
      together: [logGroup({ options, config: settings, types, tables, charsets: new ServerCharsets(), log, follow })],
      [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose](),
    };
  } catch (error) {
    await snapshot[Symbol.asyncDispose]();
    throw error;
  }
}

/** Of a stream whose catalog names none. */
function defaultMethod(
  table: MysqlTable,
  { default_replication_method: method }: Config,
): Pick<Stream, "replicationMethod" | "replicationKey"> {
  if (method === "INCREMENTAL") return defaultCursor(table);
  return method === "LOG_BASED" && !table.isView ? { replicationMethod: "LOG_BASED" } : {};
}

/** A user may have rights on a table and on none of its columns. */
function withColumns(found: readonly MysqlTable[], warn: (message: string) => void): MysqlTable[] {
  const empty = found.filter(({ columns }) => columns.length === 0);
  if (empty.length > 0) warn(`left out, because the user may read none of their columns: ${empty.map(tableName).join(", ")}`);
  return found.filter(({ columns }) => columns.length > 0);
}
