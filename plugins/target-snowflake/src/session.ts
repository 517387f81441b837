/** One session with Snowflake: logs in, runs statements, counts what they cost. */
import type { Connection as Client, RowStatement, SnowflakeError } from "snowflake-sdk";
import type { Config } from "./config.ts";
import { sessionFacts } from "./dialect/session.ts";
import { errors } from "./errors.ts";
import { explainFailure } from "./failures.ts";
import { login } from "./login.ts";

/** The rows of a statement, each value as text. */
export interface Result {
  columns: readonly string[];
  rows: unknown[][];
  /** Rows that the statement changed. */
  changed: number;
}

/** What a session has cost so far. */
export interface Spent {
  statements: number;
  /** From the sending of each statement that needs a warehouse to its answer: the warehouse worked no longer. */
  seconds: number;
  bytesStaged: number;
}

export interface Session extends AsyncDisposable {
  readonly spent: Spent;
  /** `about`: the table that an error names. Statements run one after another, in the order of the calls. */
  execute(sql: string, about?: string): Promise<Result>;
  /** The same beside other statements. */
  executeBeside(sql: string, about?: string): Promise<Result>;
  /** Runs it when the others are done, and leaves its rows to be read. */
  open(sql: string): Promise<RowStatement>;
}

/** Snowflake answers the others from its metadata, or the client does them. */
const needsWarehouse = (sql: string): boolean => /^\s*(?:COPY|INSERT|UPDATE|DELETE|MERGE|SELECT|CREATE [^(]* AS )/.test(sql);

/** @throws the errors of settings, and of logging in */
export async function openSession(config: Config, signal?: AbortSignal): Promise<Session> {
  const about = { account: config.account, user: config.user ?? "the token's user" };
  const credentials = login(config);
  const client = await makeClient(config, credentials);
  const spent: Spent = { statements: 0, seconds: 0, bytesStaged: 0 };
  await new Promise<void>((resolve, reject) => {
    const done = (error: SnowflakeError | undefined): void => (error ? reject(explainFailure(error, about)) : resolve());
    if (credentials.authenticator === "EXTERNALBROWSER") void client.connectAsync(done).catch(() => {});
    else client.connect(done);
  });

  const measured = async <T>(sql: string, table: string | undefined, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    spent.statements++;
    try {
      return await work();
    } catch (error) {
      throw explainFailure(error, { ...about, table });
    } finally {
      if (needsWarehouse(sql)) spent.seconds += (performance.now() - start) / 1000;
    }
  };
  const executeBeside = (sql: string, table?: string): Promise<Result> =>
    measured(sql, table, async () => resultOf(...(await run(client, { sqlText: sql }, signal))));
  let last: Promise<unknown> = Promise.resolve();
  return {
    spent,
    executeBeside,
    execute(sql, table) {
      const result = last.then(() => executeBeside(sql, table));
      last = result.catch(() => {});
      return result;
    },
    async open(sql) {
      await last;
      const [statement] = await measured(sql, undefined, () => run(client, { sqlText: sql, streamResult: true }, signal));
      return statement;
    },
    async [Symbol.asyncDispose]() {
      await last;
      await new Promise<void>((resolve) => client.destroy(() => resolve()));
    },
  };
}

/** @returns the database's name as Snowflake has it. @throws snowflake_database_missing */
export async function databaseOf({ execute }: Pick<Session, "execute">, { database }: Config): Promise<string> {
  const [[found, role] = []] = (await execute(sessionFacts)).rows;
  if (found === null || found === undefined) throw errors.snowflake_database_missing({ database, role: String(role) });
  return String(found);
}

async function makeClient(config: Config, credentials: ReturnType<typeof login>): Promise<Client> {
  // Imported here because it takes longer than --about and --help, which do not need it.
  const { default: sdk } = await import("snowflake-sdk");
  // The client would write a log file into the current folder, and lines to stdout, which has only Singer messages.
  sdk.configure({ logLevel: "OFF", additionalLogToConsole: false });
  const { account, warehouse, role, database, query_tag: queryTag, access_url: accessUrl, proxy_url } = config;
  return sdk.createConnection({
    account,
    ...credentials,
    database,
    application: "tapline",
    clientSessionKeepAlive: true,
    // Without it a login is tried again for five minutes.
    sfRetryMaxLoginRetries: 2,
    // Values as text: a JavaScript number would change them.
    fetchAsString: ["Number", "Date", "JSON", "Buffer"],
    // Else NULL would come as the text "NULL".
    representNullAsStringNull: false,
    rowMode: "array",
    ...(warehouse !== undefined && { warehouse }),
    ...(role !== undefined && { role }),
    ...(queryTag !== undefined && { queryTag }),
    ...(accessUrl !== undefined && { accessUrl, ...address(accessUrl) }),
    ...(proxy_url !== undefined && proxy(proxy_url)),
  });
}

function address(url: string) {
  const { hostname, port, protocol } = parsed(url, "access_url");
  return { host: hostname, protocol: protocol.slice(0, -1), ...(port !== "" && { port: Number(port) }) };
}

function proxy(url: string) {
  const { hostname, port, protocol, username, password } = parsed(url, "proxy_url");
  return {
    proxyHost: hostname,
    proxyPort: Number(port || 80),
    proxyProtocol: protocol.slice(0, -1),
    ...(username !== "" && { proxyUser: decodeURIComponent(username), proxyPassword: decodeURIComponent(password) }),
  };
}

function parsed(url: string, setting: string): URL {
  if (!URL.canParse(url)) throw errors.snowflake_url_invalid({ setting });
  return new URL(url);
}

function run(
  client: Client,
  options: { sqlText: string; streamResult?: boolean },
  signal: AbortSignal | undefined,
): Promise<[RowStatement, unknown[] | undefined]> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const statement = client.execute({
      ...options,
      complete(error: SnowflakeError | undefined, done: RowStatement, rows: unknown[] | undefined) {
        signal?.removeEventListener("abort", cancel);
        if (error) reject(error);
        else resolve([done, rows]);
      },
    });
    const cancel = (): void => statement.cancel(() => {});
    signal?.addEventListener("abort", cancel, { once: true });
  });
}

function resultOf(done: RowStatement, rows: unknown[] | undefined): Result {
  const columns = (done.getColumns() ?? []).map((column) => column.getName());
  return { columns, rows: (rows ?? []) as unknown[][], changed: done.getNumUpdatedRows() ?? 0 };
}
