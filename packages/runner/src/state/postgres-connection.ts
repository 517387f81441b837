/** One connection to PostgreSQL: opened when it is first needed, used by one caller at a time, opened again when it was lost. */
import type { PostgresClient } from "@tapline/postgres/connect";

export type Query = <R>(sql: string, values?: readonly unknown[]) => Promise<R[]>;

export interface Connection {
  /** Server and database, without user and password. */
  readonly place: string;
  /** Runs `work` again if the connection is lost, so `work` must be safe to repeat. */
  use<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const pausesMs = [200, 1000];

export function openConnection(url: string): Connection {
  let client: PostgresClient | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const lose = async (): Promise<void> => {
    const lost = client;
    client = undefined;
    if (lost === undefined) return;
    const { endClient } = await import("@tapline/postgres/connect");
    await endClient(lost);
  };
  const attempt = async <T>(work: (query: Query) => Promise<T>): Promise<T> => {
    client ??= await connect(url);
    const own = client;
    return work(async (sql, values) => (await own.query({ text: sql, values: values as unknown[] })).rows);
  };
  const patiently = async <T>(work: (query: Query) => Promise<T>): Promise<T> => {
    for (const pause of pausesMs) {
      try {
        return await attempt(work);
      } catch (error) {
        if (!isLost(error)) throw error;
        await lose();
        // It was waited for long enough; three times as long would look as if the run had hung.
        if (isTimeout(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    return attempt(work);
  };
  return {
    place: placeOf(url),
    use(work) {
      const result = last.then(() => patiently(work));
      last = result.catch(() => {});
      return result;
    },
    async close() {
      await last;
      await lose();
    },
  };
}

async function connect(url: string): Promise<PostgresClient> {
  // Loaded only when needed: most projects keep their states in a file.
  const { connectClient } = await import("@tapline/postgres/connect");
  return connectClient({
    connectionString: withLibpqModes(url),
    application_name: "tapline",
    connectionTimeoutMillis: 15_000,
    query_timeout: 60_000,
    keepAlive: true,
  });
}

/** Gives `sslmode` the meaning it has in libpq, and so in every other tool. */
function withLibpqModes(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !parsed.searchParams.has("sslmode")) return url;
  parsed.searchParams.set("uselibpqcompat", "true");
  return parsed.href;
}

function placeOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "PostgreSQL" : `PostgreSQL at ${parsed.host}${parsed.pathname}`;
}

/** Errors of the network have no severity. Errors of the server that begin with 57P mean that it shuts down or starts up. */
function isLost(error: unknown): boolean {
  const { severity, code = "", name } = error as { severity?: string; code?: string; name?: string };
  return severity === undefined ? name === "Error" || name === "AggregateError" : code.startsWith("57P");
}

/** By the text of pg, which gives it no code. */
const isTimeout = (error: unknown): boolean => (error as Error).message === "Query read timeout";
