/**
 * What `--test` of a SQL target checks: that a load could begin. It tries what a first load does, and takes everything back. Where DDL commits, a schema that
 * it made stays: such a database (Snowflake) drops schemas whether or not another load has made a table there by now.
 */
import { columnType } from "@tapline/columns";
import { ledgerTable } from "@tapline/protocol";
import { TaplineError } from "@tapline/sdk";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect/dialect.ts";
import { createSchema } from "./load/table-ddl.ts";
import type { SqlConfig } from "./settings.ts";

/** One sentence for each check that passed. @throws the database's error about the first right that is missing */
export async function checkAccess(dialect: Dialect, connection: Connection, settings: SqlConfig): Promise<string[]> {
  const { names, statements, types } = dialect;
  const schema = settings.default_target_schema ?? names.fallbackSchema;
  const isTransactional = dialect.traits.ddl === "transactional";
  const tried = <T>(work: () => Promise<T>): Promise<T> => (isTransactional ? rolledBack(connection, work) : work());
  const hadSchema = isTransactional || (await connection.hasSchema(schema));
  const [[version] = []] = await connection.query(statements.version);
  await tried(async () => {
    await createSchema({ dialect, connection }, schema);
    const name = `_tapline_test_${process.pid}`;
    const table = names.qualify(connection.database, { schema, table: name });
    const column = { name: "value", type: columnType({ type: ["null", "string"] }, types) };
    await connection.run(statements.createTable(table, [column]), table);
    // Rows of an upsert land in one.
    if (isTransactional) await connection.run(statements.createTemporaryTable(name, [column]));
    else await connection.run(statements.dropTable(table), table);
  });
  const ledger = await tried(() => tryLedger(dialect, connection, schema)).catch((error: unknown) => {
    if (settings.exactly_once === "require" || !(error instanceof TaplineError) || error.class !== "config") throw error;
    return `The ledger ${schema}.${ledgerTable} can't be kept, so appends are at least once: ${error.message}`;
  });
  const made = hadSchema ? "" : ", which was made";
  return [
    `Connected to ${productOf(dialect, version)}: ${connection.location}.`,
    `Tables can be created in schema ${schema}${made}.`,
    ledger,
  ];
}

async function tryLedger(dialect: Dialect, connection: Connection, schema: string): Promise<string> {
  const { names, statements } = dialect;
  await createSchema({ dialect, connection }, schema);
  const isMissing = (await connection.describe({ schema, table: ledgerTable })) === null;
  // Where DDL commits, another load could use the ledger before it is dropped again.
  const isOwn = isMissing && dialect.traits.ddl === "commits";
  const table = names.qualify(connection.database, { schema, table: isOwn ? `_tapline_test_${process.pid}_loads` : ledgerTable });
  if (isMissing) await connection.run(statements.ledger.create(table), table);
  const take = (): Promise<number> => connection.run(statements.ledger.take(table, "tapline-test", "tapline-test"), table);
  if (dialect.traits.ddl === "transactional") await take();
  else {
    await rolledBack(connection, take);
    if (isOwn) await connection.run(statements.dropTable(table), table);
  }
  return `The ledger ${schema}.${ledgerTable}, for appends exactly once, can be kept.`;
}

async function rolledBack<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.begin();
  try {
    return await work();
  } finally {
    await connection.rollback();
  }
}

/** "PostgreSQL 18.4" of "PostgreSQL 18.4 on x86_64-pc-linux-gnu, …", "DuckDB v1.5.5" of "v1.5.5". */
function productOf({ name }: Dialect, version: unknown): string {
  const [short = ""] = String(version).split(/ on | \(|,/);
  return short.startsWith(name) ? short : `${name} ${short}`;
}
