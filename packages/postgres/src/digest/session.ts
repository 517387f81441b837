/** A session for the digest: a REPEATABLE READ, READ ONLY transaction for each question, and a cursor for the rows of a statement. */
import { quoteName, quoteText } from "@tapline/columns";
import type { DigestSource } from "@tapline/sdk";
import { digestSource, sqlErrors } from "@tapline/sql";
import { cancelStatement } from "../cancel-statement.ts";
import { explainFailure } from "../failures.ts";
import { openSession, type Session } from "../session.ts";
import type { ConnectionOptions } from "../settings.ts";
import { digestDialect } from "./dialect.ts";
import { findRelations, knownRelations } from "./tables.ts";

const cursor = "tapline_digest";
/** Few enough that rows with long texts fit into memory. */
const firstRows = 100;
const wantedCharacters = 1024 * 1024;

export interface DigestOptions {
  options: ConnectionOptions;
  /** The schema of tables whose name has none. */
  defaultSchema: string;
  signal: AbortSignal;
  /** An exported one to read in, unless the question names another. */
  snapshot?: string | undefined;
}

/** @throws errors of connecting */
export async function openDigest({ options, defaultSchema, signal, snapshot: usual }: DigestOptions): Promise<DigestSource> {
  const session = await openSession(options);
  const cancel = (): void => void cancelStatement(session);
  try {
    const { rows } = await session.execute("SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('server_encoding')");
    session.processId = Number(rows[0]?.[0]);
    signal.addEventListener("abort", cancel);
    let hasBegun = false;
    const begin = async (snapshot = usual): Promise<void> => {
      if (hasBegun) return;
      hasBegun = true;
      await session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      if (snapshot !== undefined) await session.execute(`SET TRANSACTION SNAPSHOT ${quoteText(snapshot)}`);
    };
    return digestSource({
      dialect: digestDialect(String(rows[0]?.[1])),
      location: `${options.database} on ${options.host}:${options.port}`,
      async find({ schema = defaultSchema, table }) {
        await begin();
        return findRelations(session, { schema, table });
      },
      known: () => knownRelations(session),
      from: ({ schema = defaultSchema, name }) => `${quoteName(schema)}.${quoteName(name)}`,
      async prepare({ workers, snapshot }) {
        await begin(snapshot);
        if (workers !== undefined) await session.execute(`SET LOCAL max_parallel_workers_per_gather = ${Math.max(0, workers - 1)}`);
        // Sums by bucket of a wide table: more than the default of 4 MB, and small beside what the machine has.
        await session.execute("SET LOCAL work_mem = '64MB'");
      },
      async finish() {
        if (hasBegun) await session.execute("ROLLBACK");
        hasBegun = false;
      },
      select: (sql) => select(session, sql),
      async [Symbol.asyncDispose]() {
        signal.removeEventListener("abort", cancel);
        await session[Symbol.asyncDispose]();
      },
    });
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

async function* select(session: Session, sql: string): AsyncIterable<readonly (string | null)[][]> {
  const run = async (text: string): Promise<(string | null)[][]> => {
    try {
      // In the extended protocol a text with several statements is an error.
      const query = { text, rowMode: "array" as const, queryMode: "extended" };
      const { rows } = await session.client.query<(string | null)[]>(query);
      return rows;
    } catch (error) {
      throw explainDigest(error, session);
    }
  };
  await run("SET LOCAL cursor_tuple_fraction = 1");
  await run(`DECLARE ${cursor} NO SCROLL CURSOR FOR\n${sql}`);
  for (let most = firstRows; ; ) {
    const rows = await run(`FETCH FORWARD ${most} FROM ${cursor}`);
    if (rows.length > 0) yield rows;
    if (rows.length < most) break;
    const characters = rows.reduce((sum, row) => sum + row.reduce((all, cell) => all + (cell?.length ?? 0), 0), 0);
    most = Math.max(1, Math.min(5000, Math.floor((wantedCharacters * rows.length) / Math.max(1, characters))));
  }
  await run(`CLOSE ${cursor}`);
}

/** Of what a person wrote, such as a condition, the server says what is wrong; the rest is explained as in a load. */
function explainDigest(error: unknown, session: Session): unknown {
  const { severity, code = "" } = error as { severity?: string; code?: string };
  if (severity === undefined || /^(08|28|40|42501|53|55|57|58)/.test(code))
    return explainFailure(severity === undefined ? (session.lost ?? error) : error, session.options);
  return sqlErrors.query_failed({ reason: (error as Error).message }, {}, error);
}
