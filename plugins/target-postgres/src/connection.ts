/** The session with the server as the load needs it: transactions whose end is checked, tables described, batches through COPY. */
import { connectionOptions, copyLoad, openSession, placeOf, postgresErrors, quoteText, type Session } from "@tapline/postgres";
import { TaplineError } from "@tapline/sdk";
import { type Connection, type TableDescription, type TableName, typeName } from "@tapline/sql";
import type { Config } from "./config.ts";
import { dialect } from "./dialect.ts";

/** @throws the errors of settings and of the way in */
export async function connect(config: Config): Promise<Connection> {
  return connectionOf(await openSession(connectionOptions(config, "target-postgres")));
}

export function connectionOf(session: Session): Connection {
  const { options, execute } = session;
  const about = (table: string | undefined) => (table === undefined ? {} : { table });
  return {
    database: options.database,
    begin: async () => void (await execute("BEGIN")),
    commit: () => commit(session),
    async rollback() {
      // A server that lost us has rolled back by itself.
      if (session.lost === undefined) await execute("ROLLBACK").catch(ignoreLost);
    },
    run: async (sql, table) => (await execute(sql, about(table))).count,
    query: async (sql, table) => (await execute(sql, about(table))).rows,
    describe: (table) => describeTable(session, table),
    hasSchema: async (schema) =>
      (await execute(`SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ${quoteText(schema)}`)).rows.length > 0,
    bulkLoad: (target) => copyLoad(session, target, (type) => typeName(dialect, type)),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** @throws commit_refused, commit_unknown: then nothing may be told as done */
async function commit({ execute, options }: Session): Promise<void> {
  try {
    const { command } = await execute("COMMIT");
    // After an error the server ends the transaction too, and says ROLLBACK without calling it an error.
    if (command !== "COMMIT") throw postgresErrors.commit_refused({ ...placeOf(options), tag: command });
  } catch (error) {
    if (!(error instanceof TaplineError) || error.code !== "connection_lost") throw error;
    throw postgresErrors.commit_unknown({ ...placeOf(options), reason: error.message }, {}, error);
  }
}

function ignoreLost(error: unknown): void {
  if (!(error instanceof TaplineError) || error.code !== "connection_lost") throw error;
}

/** What pg_class.relkind says, for those that take no rows by COPY. */
const otherKinds: Record<string, string> = {
  v: "view",
  m: "materialized view",
  f: "foreign table",
  S: "sequence",
  i: "index",
  I: "index",
  c: "composite type",
};

async function describeTable({ execute }: Session, { schema, table }: TableName): Promise<TableDescription | null> {
  const [found] = (
    await execute(
      `SELECT c.oid, c.relkind FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = ${quoteText(schema)} AND c.relname = ${quoteText(table)}`,
    )
  ).rows;
  if (found === undefined) return null;
  const [oid, kind] = found as [string, string];
  // A domain takes what the type below it takes; what its own checks refuse the server says.
  const { rows: columns } = await execute(
    `WITH RECURSIVE below AS (
       SELECT attnum, attname, atttypid AS type, atttypmod AS modifier FROM pg_catalog.pg_attribute
        WHERE attrelid = ${Number(oid)} AND attnum > 0 AND NOT attisdropped
       UNION ALL SELECT attnum, attname, typbasetype, typtypmod FROM below JOIN pg_catalog.pg_type AS t ON t.oid = type WHERE typtype = 'd')
     SELECT attname, format_type(type, modifier) FROM below JOIN pg_catalog.pg_type AS t ON t.oid = type
      WHERE typtype <> 'd' ORDER BY attnum`,
  );
  return {
    notTable: otherKinds[kind],
    columns: columns.map(([name, type]) => ({ name: String(name), type: String(type) })),
    // The upsert tells inserts from updates by a system column, which partitioned tables don't give back.
    uniqueKeys: kind === "r" ? await uniqueKeys(execute, Number(oid)) : [],
    hasDependents: await hasDependents(execute, Number(oid)),
    isReferenced: (await execute(`SELECT 1 FROM pg_constraint WHERE confrelid = ${Number(oid)} LIMIT 1`)).rows.length > 0,
  };
}

/** Whatever a table of the same columns, owned by this role, with the same primary key, would not have. */
async function hasDependents(execute: Session["execute"], oid: number): Promise<boolean> {
  const ofTable = (column: string): string => `${column} = ${oid}`;
  const anything = [
    `FROM pg_class WHERE ${ofTable("oid")} AND (relacl IS NOT NULL OR reloptions IS NOT NULL OR relrowsecurity OR relkind <> 'r'
       OR relispartition OR relreplident <> 'd' OR relpersistence <> 'p' OR reltablespace <> 0 OR relowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user))`,
    `FROM pg_attribute WHERE ${ofTable("attrelid")} AND attnum > 0 AND NOT attisdropped
       AND (attacl IS NOT NULL OR atthasdef OR attidentity <> '' OR attgenerated <> ''
         OR (attnotnull AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = attrelid AND contype = 'p' AND attnum = ANY (conkey))))`,
    `FROM pg_constraint WHERE (${ofTable("conrelid")} AND contype NOT IN ('p', 'n')) OR ${ofTable("confrelid")}`,
    `FROM pg_statistic_ext WHERE ${ofTable("stxrelid")}`,
    `FROM pg_index WHERE ${ofTable("indrelid")} AND NOT indisprimary`,
    `FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND ${ofTable("refobjid")}
       AND classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_publication_rel'::regclass, 'pg_proc'::regclass)`,
    `FROM pg_trigger WHERE ${ofTable("tgrelid")} AND NOT tgisinternal`,
    `FROM pg_inherits WHERE ${ofTable("inhparent")} OR ${ofTable("inhrelid")}`,
    `FROM pg_description WHERE classoid = 'pg_class'::regclass AND ${ofTable("objoid")}`,
  ];
  const { rows } = await execute(`SELECT ${anything.map((from) => `EXISTS (SELECT 1 ${from})`).join(" OR ")}`);
  return rows[0]?.[0] === "t";
}

/** Only what ON CONFLICT can use: whole columns, all rows, checked at once. */
async function uniqueKeys(execute: Session["execute"], oid: number): Promise<string[][]> {
  const { rows } = await execute(
    `SELECT json_agg(a.attname) FROM pg_catalog.pg_index AS i
       CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
      WHERE i.indrelid = ${oid} AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
        AND k.place <= i.indnkeyatts
      GROUP BY i.indexrelid`,
  );
  return rows.map(([names]) => JSON.parse(String(names)) as string[]);
}
