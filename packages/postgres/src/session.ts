/** One session with a PostgreSQL server, with the TLS, role and timeouts of the settings. Statements run one after another. */

import { quoteName, quoteText } from "@tapline/columns";
import { connectClient, endClient, type PostgresClient } from "./connect.ts";
import { errors } from "./errors.ts";
import { type Circumstances, explainFailure, serverDetails } from "./failures.ts";
import { patiently } from "./patience.ts";
import type { ConnectionOptions } from "./settings.ts";
import { type TlsAttempts, tlsAttempts } from "./tls.ts";

export interface Result {
  /** Cells as the server prints them; NULL is null. */
  rows: (string | null)[][];
  /** Rows changed or returned. */
  count: number;
  /** Command tag without numbers, for example COMMIT. */
  command: string;
}

export interface Session extends AsyncDisposable {
  readonly options: ConnectionOptions;
  /** For COPY streams; use `execute` for statements. */
  readonly client: PostgresClient;
  /** @throws the error that `explainFailure` makes */
  execute(sql: string, circumstances?: Circumstances): Promise<Result>;
  /** The server's process, to cancel its statements by. A pooler tells another number when one logs in, so set what pg_backend_pid() tells. */
  processId: number;
  /** The error that ended the session, if it has ended. */
  readonly lost: Error | undefined;
}

/** @throws errors of connecting: password_refused, host_down, tls_refused, database_missing, … */
export async function openSession(options: ConnectionOptions): Promise<Session> {
  const attempts = await tlsAttempts(options);
  const client = await patiently(() => logIn(options, attempts));
  let lost: Error | undefined;
  client.on("error", (error) => {
    lost ??= error;
  });
  const execute = async (sql: string, circumstances?: Circumstances): Promise<Result> => {
    try {
      const { rows, rowCount, command } = await client.query({ text: sql, rowMode: "array" });
      return { rows, count: rowCount ?? 0, command };
    } catch (error) {
      throw explainFailure(isFromServer(error) ? error : (lost ?? error), options, circumstances);
    }
  };
  const session: Session = {
    options,
    client,
    execute,
    processId: Number((client as { processID?: number }).processID),
    get lost() {
      return lost;
    },
    async [Symbol.asyncDispose]() {
      await endClient(client);
    },
  };
  try {
    await prepare(session);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  return session;
}

async function logIn(options: ConnectionOptions, [first, ...others]: TlsAttempts): Promise<PostgresClient> {
  try {
    return await connect(options, first);
  } catch (error) {
    const [next] = others;
    const mayHelp = /does not support SSL/.test((error as Error).message) || (error as { code?: string }).code === "28000";
    if (next === undefined || !mayHelp) throw explainFailure(error, options);
    return connect(options, next).catch((second: unknown) => {
      throw explainFailure(second, options);
    });
  }
}

function connect(options: ConnectionOptions, ssl: TlsAttempts[0]): Promise<PostgresClient> {
  return connectClient({
    host: options.host,
    port: options.port,
    user: options.user,
    password: options.password,
    database: options.database,
    ssl,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: options.keepaliveIdleMs > 0,
    keepAliveInitialDelayMillis: options.keepaliveIdleMs,
    ...(options.isForReplication === true ? { replication: "database" } : {}),
    // Numbers and times stay the text that the server sends, so nothing is rounded.
    types: { getTypeParser: () => (value: string) => value },
  });
}

/** Settings that COPY relies on, and those of the config. After login, because poolers refuse startup options. */
async function prepare({ execute, options }: Session): Promise<void> {
  const settings: [string, string | undefined][] = [
    ["TimeZone", "UTC"],
    ["DateStyle", "ISO, YMD"],
    ["client_encoding", "UTF8"],
    ["standard_conforming_strings", "on"],
    ["search_path", options.searchPath],
    ["statement_timeout", options.statementTimeoutMs?.toString()],
    ["lock_timeout", options.lockTimeoutMs?.toString()],
  ];
  const list = settings.flatMap(([name, value]) =>
    value === undefined ? [] : [`set_config(${quoteText(name)}, ${quoteText(value)}, false)`],
  );
  // "off" answers COMMIT before the rows are on disk, so a crash of the server could lose rows whose STATE was emitted.
  const durable = "CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END";
  await execute(`SELECT ${[...list, durable].join(", ")}`);
  if (options.role === undefined) return;
  try {
    await execute(`SET ROLE ${quoteName(options.role)}`);
  } catch (error) {
    const reason = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
    throw errors.role_refused({ ...serverDetails(options), user: options.user, role: options.role, reason }, {}, error);
  }
}

function isFromServer(error: unknown): boolean {
  return (error as { severity?: string }).severity !== undefined;
}
