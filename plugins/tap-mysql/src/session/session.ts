/** One session with a server, with the TLS and timeouts of the settings, in UTC and UTF-8. Statements run one after another. */
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { TaplineError } from "@tapline/sdk";
import mysql, { type Connection, type SslOptions } from "mysql2";
import { explainFailure } from "./failures.ts";
import { commandPacket } from "./packets.ts";
import type { ConnectionOptions } from "./settings.ts";
import { SocketCommand } from "./socket-command.ts";
import { tlsAttempts } from "./tls.ts";

export interface ServerVersion {
  isMariadb: boolean;
  /** 101119 for 10.11.19, 80400 for 8.4.0. */
  number: number;
  /** As the server writes it. */
  text: string;
}

export interface Session extends AsyncDisposable {
  readonly options: ConnectionOptions;
  readonly version: ServerVersion;
  /** Cells as the server writes them. Only for text. @throws the error that `explainFailure` makes */
  execute(sql: string): Promise<(string | null)[][]>;
  /** A command whose answer the caller reads from the socket, to its end. */
  start(command: number, ...parts: readonly Uint8Array[]): SocketCommand;
  /** Why the session ended, if it has. */
  readonly lost: unknown;
  /** Ends the session without a word: the server is in the middle of an answer. */
  abandon(): void;
}

const farewellMs = 5000;

/** @throws errors of connecting: mysql_login_refused, mysql_host_down, mysql_tls_refused, … */
export async function openSession(options: ConnectionOptions): Promise<Session> {
  const attempts = await tlsAttempts(options);
  const connection = await patiently(() => logIn(options, attempts));
  let lost: unknown;
  connection.on("error", (error) => {
    lost ??= error;
  });
  const { stream } = connection as unknown as { stream: Duplex };
  stream.on("close", () => {
    lost ??= Object.assign(new Error("the server closed the connection"), { code: "PROTOCOL_CONNECTION_LOST" });
  });
  const execute = (sql: string): Promise<(string | null)[][]> =>
    new Promise((resolve, reject) => {
      const query = {
        sql,
        rowsAsArray: true,
        typeCast: (field: { string(encoding: string): string | null }) => field.string("utf8"),
      };
      connection.query(query as never, (error: unknown, rows: unknown) => {
        if (error) reject(explainFailure(error, options));
        else resolve(Array.isArray(rows) ? (rows as (string | null)[][]) : []);
      });
    });
  let isAbandoned = false;
  const session = {
    options,
    version: { isMariadb: false, number: 0, text: "" },
    execute,
    start: (command: number, ...parts: readonly Uint8Array[]) => new SocketCommand(stream, commandPacket(command, ...parts), () => lost),
    get lost() {
      return lost;
    },
    abandon() {
      isAbandoned = true;
      lost ??= new Error("the session was left in the middle of an answer");
      connection.destroy();
      stream.destroy();
    },
    async [Symbol.asyncDispose]() {
      if (!isAbandoned) await endConnection(connection, stream);
    },
  };
  try {
    session.version = await prepare(session);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  return session;
}

async function logIn(options: ConnectionOptions, [first, ...others]: readonly (SslOptions | undefined)[]): Promise<Connection> {
  try {
    return await connect(options, first);
  } catch (error) {
    const mayHelp = (error as { code?: string }).code === "HANDSHAKE_NO_SSL_SUPPORT";
    if (others.length === 0 || !mayHelp) throw explainFailure(error, options);
    return logIn(options, others);
  }
}

function connect(options: ConnectionOptions, ssl: SslOptions | undefined): Promise<Connection> {
  const { host, port, user, password, database, connectTimeoutMs } = options;
  return new Promise((resolve, reject) => {
    const connection = mysql.createConnection({
      ...(host.startsWith("/") ? { socketPath: host } : { host, port }),
      user,
      ...(password === undefined ? {} : { password }),
      ...(database === undefined ? {} : { database }),
      ...(ssl === undefined ? {} : { ssl }),
      connectTimeout: connectTimeoutMs,
      charset: "utf8mb4",
      // No file of this machine is ever sent; and statements are the text alone.
      flags: ["-LOCAL_FILES", "-CLIENT_QUERY_ATTRIBUTES"],
    });
    // Without a listener, a connection lost between two statements would end the process.
    connection.on("error", () => {});
    connection.connect((error) => {
      if (error === null) resolve(connection);
      else {
        connection.destroy();
        reject(error);
      }
    });
  });
}

/** A server that has hung, or a network that has gone, never says goodbye. */
async function endConnection(connection: Connection, stream: Duplex): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    if (stream.destroyed) resolve();
    stream.once("close", () => resolve());
  });
  connection.end(() => {});
  const timer = setTimeout(() => stream.destroy(), farewellMs);
  await closed;
  clearTimeout(timer);
}

/** A day: a target that commits may keep the server waiting. */
const patienceSeconds = 86_400;

async function prepare({ execute, options }: Pick<Session, "execute" | "options">): Promise<ServerVersion> {
  const [[text = ""] = []] = (await execute("SELECT VERSION()")) as string[][];
  const [, major = "0", minor = "0", patch = "0"] = /(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  const version = { isMariadb: /mariadb/i.test(text), number: Number(major) * 10_000 + Number(minor) * 100 + Number(patch), text };
  const { statementTimeoutMs: timeout, lockTimeoutMs: lock } = options;
  await execute("SET NAMES utf8mb4");
  // Dates that are none are compared as they are stored.
  await execute(
    `SET SESSION time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES', net_write_timeout = ${patienceSeconds}, net_read_timeout = ${patienceSeconds}, wait_timeout = ${patienceSeconds}`,
  );
  if (timeout !== undefined)
    await execute(version.isMariadb ? `SET SESSION max_statement_time = ${timeout / 1000}` : `SET SESSION max_execution_time = ${timeout}`);
  if (lock !== undefined) await execute(`SET SESSION lock_wait_timeout = ${Math.max(1, Math.round(lock / 1000))}`);
  for (const sql of options.sessionSqls) await execute(sql);
  return version;
}

const mostTries = 3;
const firstPauseMs = 500;

/** Nothing was done before a connection, so it may be tried again while a server is starting. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const mayPass = error instanceof TaplineError && error.code === "mysql_host_down";
      if (tries === mostTries || !mayPass) throw error;
      await pause(firstPauseMs * 3 ** (tries - 1) * (1 + Math.random() / 2));
    }
  }
}
