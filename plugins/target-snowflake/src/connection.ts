/** The session that loads: its transaction, its statements, and the way of rows into it. */
import { SharedLanes } from "@tapline/columns";
import { makeScratch, type Scratch } from "@tapline/sdk";
import type { Connection, Dialect } from "@tapline/sql";
import { bulkLoad } from "./bulk-load.ts";
import type { Config } from "./config.ts";
import { tableDescriber } from "./describe.ts";
import { alterSession, begin, commit, quotedNamesIgnoreCase, rollback } from "./dialect/session.ts";
import { repairWidenings } from "./dialect/widening.ts";
import { errors } from "./errors.ts";
import { explainFailure } from "./failures.ts";
import { databaseOf, openSession, type Session } from "./session.ts";
import { stageFolder } from "./stage-folder.ts";
import { boundedUploads } from "./uploads.ts";

/** @throws the errors of settings, of logging in, and of the database and warehouse */
export async function connect(config: Config, dialect: Dialect): Promise<Connection> {
  const scratch = await makeScratch({ name: "snowflake", refuse: noScratch });
  let session: Session | undefined;
  try {
    session = await openSession(config);
    return await open(config, dialect, session, scratch);
  } catch (error) {
    await session?.[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
    throw error;
  }
}

const noScratch = (path: string, reason: string, cause: Error) => errors.snowflake_temporary_folder({ path, reason }, {}, cause);

async function open(config: Config, dialect: Dialect, session: Session, scratch: Scratch): Promise<Connection> {
  const { execute } = session;
  await prepareSession(config, session);
  const database = await databaseOf(session, config);
  const describer = tableDescriber(session, dialect.names, database);
  let rows = 0n;
  const stage = stageFolder(session, config.state_id);
  const uploads = boundedUploads(config.parallel_uploads ?? 4);
  const bulkContext = {
    dialect,
    session,
    stage,
    uploads,
    lanes: new SharedLanes(),
    nextPath: scratch.nextPath,
    nextRow: (count: number) => {
      const first = rows + 1n;
      rows += BigInt(count);
      return first;
    },
    fileBytes: config.file_bytes ?? 128 * 1024 * 1024,
    explain: (error: unknown) => explainFailure(error, { account: config.account, user: config.user ?? "" }),
  };
  const run = async (sql: string, about?: string): Promise<number> => (await execute(sql, about)).changed;

  return {
    database,
    location: `${config.account}/${database}`,
    begin: async () => void (await execute(begin)),
    commit: async () => void (await execute(commit)),
    rollback: async () => void (await execute(rollback)),
    run,
    query: async (sql, about) => (await execute(sql, about)).rows,
    describe: describer.describe,
    tablesLike: describer.tablesLike,
    hasSchema: describer.hasSchema,
    async repair(table) {
      const found = await describer.describe(table);
      const qualified = dialect.names.qualify(database, table);
      for (const sql of repairWidenings(dialect.names, dialect.types, qualified, found?.columns ?? [])) await run(sql, qualified);
    },
    spent() {
      const { statements, bytesStaged, seconds } = session.spent;
      return [
        { amount: statements, unit: "statements" },
        { amount: bytesStaged / 1e6, unit: "MB staged" },
        { amount: seconds, unit: "s of warehouse time at most" },
      ];
    },
    bulkLoad: (target) => bulkLoad(bulkContext, target),
    async [Symbol.asyncDispose]() {
      await uploads.done().catch(() => {});
      // What a failure left there; where the connection is gone, the next load removes it.
      await stage.clear().catch(() => {});
      await session[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

/** @throws snowflake_names_ignored */
async function prepareSession({ identifier_case, lock_timeout_s = 60 }: Config, { execute }: Session): Promise<void> {
  if (identifier_case === "exact") {
    const { columns, rows } = await execute(quotedNamesIgnoreCase);
    if (rows.some((row) => String(row[columns.indexOf("value")]).toLowerCase() === "true")) throw errors.snowflake_names_ignored({});
  }
  await execute(alterSession({ lockTimeoutSeconds: lock_timeout_s }));
}
