/**
 * What the renames of a cutover leave for a person to look at: what still reads the old tables, because it knows them by identity, and
 * what will not find them, because it knows them by name.
 */
import { quoteText } from "@tapline/columns";
import type { Session } from "@tapline/postgres";
import { builtNamePattern, type CutoverFinding, type CutoverGrant, type SchemaRename } from "@tapline/sdk";

type State = "before" | "after" | "neither";

/** Read only. `missing`: rights that readers lack. */
export async function findingsOf(
  session: Session,
  renames: readonly SchemaRename[],
  state: State,
  missing: readonly CutoverGrant[],
): Promise<CutoverFinding[]> {
  const now = renames.map(({ from, to }) => (state === "after" ? to : from));
  const next = new Map(renames.map(({ from, to }) => (state === "after" ? [to, from] : [from, to])));
  const context = { session, now, next, list: now.map(quoteText).join(", ") };
  return [
    ...(await readByIdentity(context)),
    ...(await namedInTexts(context)),
    ...(await builtInTexts(context)),
    ...(await searchPaths(context)),
    ...missing.map(lackedRight),
    ...(await extensions(context)),
    ...(await eventTriggers(context)),
    ...(await notLockable(context)),
    ...(await sessionsWithLocks(session, renames)),
  ];
}

interface Context {
  session: Session;
  /** The names that the schemas have. */
  now: readonly string[];
  /** Those that they are to get. */
  next: ReadonlyMap<string, string>;
  list: string;
}

const ask = async ({ execute }: Session, sql: string): Promise<string[][]> =>
  (await execute(sql)).rows.map((row) => row.map((cell) => cell ?? ""));

/** Views and foreign keys of other schemas. They stay valid, and go on reading the same tables under their other name. */
async function readByIdentity({ session, next, list }: Context): Promise<CutoverFinding[]> {
  const views = await ask(
    session,
    `SELECT DISTINCT v.oid::regclass::text, n.nspname, t.relname FROM pg_catalog.pg_depend AS d
       JOIN pg_catalog.pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid JOIN pg_catalog.pg_class AS v ON v.oid = r.ev_class
       JOIN pg_catalog.pg_class AS t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
     WHERE n.nspname IN (${list}) AND v.relnamespace <> t.relnamespace AND v.oid <> t.oid ORDER BY 1, 2, 3`,
  );
  const keys = await ask(
    session,
    `SELECT c.conrelid::regclass::text, n.nspname, t.relname FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_class AS t ON t.oid = c.confrelid
       JOIN pg_catalog.pg_class AS s ON s.oid = c.conrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
     WHERE c.contype = 'f' AND n.nspname IN (${list}) AND s.relnamespace <> t.relnamespace ORDER BY 1, 2, 3`,
  );
  const told =
    (what: string, verb: string) =>
    ([object = "", schema = "", table = ""]: string[]): CutoverFinding => ({
      kind: "reads_by_id",
      object,
      text: `${what} ${object} ${verb} ${schema}.${table}, and will do so when that is ${next.get(schema)}.${table}: make it anew if it should follow the name`,
    });
  return [...views.map(told("The view", "reads")), ...keys.map(told("A foreign key of", "points at"))];
}

/** Functions, defaults and settings of views with the name of a schema in a text: the server looks for it when it runs them. */
async function namedInTexts({ session, now, next, list }: Context): Promise<CutoverFinding[]> {
  const found: CutoverFinding[] = [];
  for (const name of now) {
    const word = quoteText(`(^|[^[:alnum:]_])"?${name.replaceAll(/[^\w]/g, "\\$&")}"?($|[^[:alnum:]_])`);
    const functions = await ask(
      session,
      `SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
       WHERE n.nspname !~ '^(pg_|information_schema$)' AND p.prosqlbody IS NULL AND p.prosrc ~ ${word} ORDER BY 1`,
    );
    const inText = quoteText(`'"?${name.replaceAll(/[^\w]/g, "\\$&")}"?\\.[^']*'(?!::reg)`);
    const defaults = await ask(
      session,
      `SELECT adrelid::regclass::text || '.' || attname FROM pg_catalog.pg_attrdef JOIN pg_catalog.pg_attribute ON attrelid = adrelid AND attnum = adnum
       WHERE pg_catalog.pg_get_expr(adbin, adrelid) ~ ${inText} ORDER BY 1`,
    );
    const views = await ask(
      session,
      `SELECT c.oid::regclass::text FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('v', 'm') AND n.nspname !~ '^(pg_|information_schema$)' AND pg_catalog.pg_get_viewdef(c.oid) ~ ${inText} ORDER BY 1`,
    );
    const tell = (what: string, object: string): CutoverFinding => ({
      kind: "names_in_text",
      object,
      text: `${what} ${object} names ${name} in its text, which will be ${next.get(name)}: change the text if it should follow`,
    });
    found.push(...functions.map(([object = ""]) => tell("The function", object)));
    found.push(...defaults.map(([object = ""]) => tell("The default of", object)));
    found.push(...views.map(([object = ""]) => tell("The view", object)));
  }
  const foreign = await ask(
    session,
    `SELECT ftrelid::regclass::text, option_value FROM pg_catalog.pg_foreign_table CROSS JOIN LATERAL pg_catalog.pg_options_to_table(ftoptions)
     WHERE option_name = 'schema_name' AND option_value IN (${list}) ORDER BY 1`,
  );
  return [
    ...found,
    ...foreign.map(
      ([object = "", name = ""]): CutoverFinding => ({
        kind: "names_in_text",
        object,
        text: `The foreign table ${object} reads the schema ${name} of its server by that name: if that is this database, set its schema_name to ${next.get(name)}`,
      }),
    ),
  ];
}

/** Functions and views that may put a name together from parts, such as 'analytics_' || kind. */
async function builtInTexts({ session, now, next }: Context): Promise<CutoverFinding[]> {
  const found: CutoverFinding[] = [];
  for (const name of now) {
    const pattern = builtNamePattern(name);
    if (pattern === undefined) continue;
    const rows = await ask(
      session,
      `SELECT 'function ' || p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
       WHERE n.nspname !~ '^(pg_|information_schema$)' AND p.prosqlbody IS NULL AND p.prosrc ~ ${quoteText(pattern)}
       UNION ALL SELECT 'view ' || c.oid::regclass::text FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('v', 'm') AND n.nspname !~ '^(pg_|information_schema$)' AND pg_catalog.pg_get_viewdef(c.oid) ~ ${quoteText(pattern)} ORDER BY 1`,
    );
    found.push(
      ...rows.map(
        ([object = ""]): CutoverFinding => ({
          kind: "names_in_text",
          object: object.replace(/^\w+ /, ""),
          text: `The ${object} may put the name ${name} together from parts, which will be ${next.get(name)}: look whether it should follow`,
        }),
      ),
    );
  }
  return found;
}

/** Of roles, of databases, and of functions. */
async function searchPaths({ session, now, next }: Context): Promise<CutoverFinding[]> {
  const rows = await ask(
    session,
    `SELECT CASE WHEN setrole = 0 THEN 'database ' || pg_catalog.quote_ident(datname) WHEN setdatabase = 0 THEN 'role ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(setrole))
         ELSE 'role ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(setrole)) || ' in database ' || pg_catalog.quote_ident(datname) END, setting
       FROM pg_catalog.pg_db_role_setting LEFT JOIN pg_catalog.pg_database AS d ON d.oid = setdatabase CROSS JOIN LATERAL unnest(setconfig) AS setting
       WHERE setdatabase = 0 OR datname = pg_catalog.current_database()
     UNION ALL SELECT 'function ' || p.oid::regprocedure::text, setting FROM pg_catalog.pg_proc AS p CROSS JOIN LATERAL unnest(proconfig) AS setting ORDER BY 1`,
  );
  return rows.flatMap(([object = "", setting = ""]): CutoverFinding[] => {
    const names =
      /^search_path=(.*)$/s
        .exec(setting)?.[1]
        ?.split(",")
        .map((name) => name.trim().replace(/^"(.*)"$/, "$1")) ?? [];
    return names
      .filter((name) => now.includes(name))
      .map((name) => ({
        kind: "search_path",
        object,
        text: `The search_path of the ${object} has ${name}, which will be ${next.get(name)}: set it anew`,
      }));
  });
}

function lackedRight({ on, schema, relation, owner, right, grantee }: CutoverGrant): CutoverFinding {
  const who = grantee === "" ? "PUBLIC" : grantee;
  const what =
    on === "schema"
      ? `the schema ${schema}`
      : on === "relation"
        ? `${schema}.${relation}`
        : `tables that ${owner} makes in ${schema} later`;
  return { kind: "reader", object: who, text: `${who} reads the old schema, and lacks ${right} on ${what}` };
}

async function extensions({ session, list }: Context): Promise<CutoverFinding[]> {
  const rows = await ask(
    session,
    `SELECT extname, nspname FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace AS n ON n.oid = extnamespace WHERE nspname IN (${list}) ORDER BY 1`,
  );
  return rows.map(([object = "", schema = ""]) => ({
    kind: "extension",
    object,
    text: `The extension ${object} lives in ${schema}: its functions go to the other name with it`,
  }));
}

async function eventTriggers({ session }: Context): Promise<CutoverFinding[]> {
  const rows = await ask(
    session,
    `SELECT evtname FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D' AND (evttags IS NULL OR 'ALTER SCHEMA' = ANY (evttags))
       AND evtevent IN ('ddl_command_start', 'ddl_command_end') ORDER BY 1`,
  );
  return rows.map(([object = ""]) => ({
    kind: "event_trigger",
    object,
    text: `The event trigger ${object} will run, and may refuse the renames`,
  }));
}

/** Tables that the role may lock. Materialized views and foreign tables can't be locked. */
export async function lockableTables(
  session: Session,
  schemas: readonly string[],
  mayLock = true,
): Promise<{ schema: string; name: string }[]> {
  const rows = await ask(
    session,
    `SELECT nspname, relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = relnamespace
     WHERE nspname IN (${schemas.map(quoteText).join(", ")}) AND relkind IN ('r', 'p')
       AND ${mayLock ? "" : "NOT "}pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') ORDER BY nspname, relname`,
  );
  return rows.map(([schema = "", name = ""]) => ({ schema, name }));
}

async function notLockable({ session, now }: Context): Promise<CutoverFinding[]> {
  const tables = await lockableTables(session, now, false);
  return tables.map(({ schema, name }) => ({
    kind: "not_lockable",
    object: `${schema}.${name}`,
    text: `This role may not lock ${schema}.${name}, so a transaction that writes to it at that moment goes on under the other name`,
  }));
}

/** Other sessions that have written to the tables and not yet committed, or hold stronger locks. */
export async function sessionsWithLocks(session: Session, renames: readonly SchemaRename[]): Promise<CutoverFinding[]> {
  const names = renames.flatMap(({ from, to }) => [from, to]).map(quoteText);
  const rows = await ask(
    session,
    `SELECT DISTINCT ON (l.pid) l.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''), n.nspname || '.' || c.relname,
       coalesce(round(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start))::text, '?')
     FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_class AS c ON c.oid = l.relation JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
     WHERE l.granted AND l.pid <> pg_catalog.pg_backend_pid() AND n.nspname IN (${names.join(", ")})
       AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
       AND l.mode NOT IN ('AccessShareLock', 'RowShareLock') ORDER BY l.pid, 4`,
  );
  return rows.map(([pid = "", user = "", application = "", table = "", seconds = ""]) => ({
    kind: "session",
    object: pid,
    text: `process ${pid} (${[user, application].filter((word) => word !== "").join(", ")}) has written to ${table} in a transaction that is open for ${seconds} s`,
  }));
}
