/**
 * Views that use a column whose type is to change. The server refuses the change while they exist, so these views and the views on them are
 * dropped and made again as they were, in the transaction of the change.
 */
import { quoteName, quoteText } from "@tapline/columns";
import { postgresErrors, type Session, serverWords } from "@tapline/postgres";
import { TaplineError } from "@tapline/sdk";
import type { TableName } from "@tapline/sql";

interface View {
  oid: string;
  /** Quoted and qualified. */
  name: string;
  /** schema.name, for people. */
  label: string;
  owner: string;
  /** Why it can't be made again, or null. */
  trouble: string | null;
}

/** Drops the views, does `work` and makes them again. @returns their names, for people. @throws view_in_the_way, and what `work` throws */
export async function aroundViews(
  session: Session,
  table: TableName,
  columns: readonly string[],
  work: () => Promise<void>,
): Promise<string[]> {
  const { execute } = session;
  const qualified = `${quoteName(table.schema)}.${quoteName(table.table)}`;
  const about = { table: qualified };
  const views = await viewsOn(session, qualified, columns);
  const troubled = views.find(({ trouble }) => trouble !== null);
  if (troubled !== undefined)
    throw postgresErrors.view_in_the_way({ table: qualified, view: troubled.name, reason: String(troubled.trouble) });
  const at = <T>(view: View, step: () => Promise<T>): Promise<T> => step().catch((error: unknown) => nameView(error, qualified, view));
  // Changes nothing. It locks the view, so that nobody changes it before it is read.
  for (const view of views) await at(view, () => execute(`ALTER VIEW ${view.name} OWNER TO ${quoteName(view.owner)}`, about));
  const remade: (() => Promise<void>)[] = [];
  for (const view of views) {
    const remake = await remaking(session, view);
    remade.push(() => at(view, () => remake(about)));
  }
  for (const view of views.toReversed()) await at(view, () => execute(`DROP VIEW ${view.name}`, about));
  await work();
  for (const remake of remade) await remake();
  return views.map(({ label }) => label);
}

function nameView(error: unknown, table: string, view: View): never {
  if (!(error instanceof TaplineError) || error.recovery === "retry") throw error;
  throw postgresErrors.view_in_the_way({ table, view: view.name, reason: serverWords(error.cause ?? error) }, {}, error);
}

/** Views that use one of the columns, and views on those, each after all that it uses. */
async function viewsOn({ execute }: Session, table: string, columns: readonly string[]): Promise<View[]> {
  const names = columns.map(quoteText).join(", ");
  const { rows } = await execute(
    `WITH RECURSIVE dependent AS (
       SELECT r.ev_class AS oid, 1 AS depth FROM pg_depend AS d JOIN pg_rewrite AS r ON r.oid = d.objid
         JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
          AND d.refobjid = ${quoteText(table)}::regclass AND a.attname IN (${names})
       UNION SELECT r.ev_class, depth + 1 FROM dependent AS h JOIN pg_depend AS d ON d.refobjid = h.oid AND d.refclassid = 'pg_class'::regclass
         JOIN pg_rewrite AS r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
        WHERE r.ev_class <> h.oid AND depth < ${deepest})
     SELECT c.oid, n.nspname, c.relname, pg_get_userbyid(c.relowner), CASE
         WHEN c.oid = ${quoteText(table)}::regclass OR c.relkind NOT IN ('v', 'm') THEN 'it is a table with a rule'
         WHEN c.relkind = 'm' THEN 'it is a materialized view'
         WHEN c.relpersistence = 't' THEN 'it is a temporary view'
         WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN 'it belongs to ' || pg_get_userbyid(c.relowner)
         WHEN EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal) THEN 'it has triggers'
         WHEN EXISTS (SELECT 1 FROM pg_rewrite WHERE ev_class = c.oid AND rulename <> '_RETURN') THEN 'it has rules'
         WHEN EXISTS (SELECT 1 FROM pg_seclabel WHERE classoid = 'pg_class'::regclass AND objoid = c.oid) THEN 'it has security labels'
         WHEN EXISTS (SELECT 1 FROM pg_attribute AS a CROSS JOIN LATERAL aclexplode(a.attacl) AS g WHERE a.attrelid = c.oid AND g.grantor <> c.relowner)
           OR EXISTS (SELECT 1 FROM aclexplode(c.relacl) AS g WHERE g.grantor <> c.relowner) THEN 'others than its owner gave rights on it'
       END
       FROM (SELECT oid, max(depth) AS depth FROM dependent GROUP BY oid) AS h JOIN pg_class AS c ON c.oid = h.oid
       JOIN pg_namespace AS n ON n.oid = c.relnamespace ORDER BY h.depth, c.oid`,
  );
  return rows.map(([oid, schema, name, owner, trouble]) => ({
    oid: String(oid),
    name: `${quoteName(String(schema))}.${quoteName(String(name))}`,
    label: `${schema}.${name}`,
    owner: String(owner),
    trouble: trouble ?? null,
  }));
}

/** Views that were replaced may use each other in a circle. */
const deepest = 100;

type Execute = Session["execute"];
type Remake = (about: Parameters<Execute>[1]) => Promise<void>;

/** Reads all of a view. @returns a function that makes it again */
async function remaking({ execute }: Session, { oid, name, owner }: View): Promise<Remake> {
  const one = async (sql: string): Promise<(string | null)[]> => (await execute(sql)).rows[0] ?? [];
  const columns = await execute(
    `SELECT attname, col_description(attrelid, attnum), pg_get_expr(adbin, adrelid) FROM pg_attribute
       LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = ${oid} AND attnum > 0 ORDER BY attnum`,
  );
  const [definition, comment, hasRights] = await one(
    `SELECT pg_get_viewdef(oid), obj_description(oid, 'pg_class'), relacl IS NOT NULL FROM pg_class WHERE oid = ${oid}`,
  );
  const { rows: options } = await execute(
    `SELECT option_name, option_value FROM pg_class CROSS JOIN LATERAL pg_options_to_table(reloptions) WHERE pg_class.oid = ${oid}`,
  );
  const grants = await grantsOn(execute, oid);
  const column = ([each]: (string | null)[]): string => quoteName(String(each));
  const list = options.map(([option, value]) => `${quoteName(String(option))} = ${quoteText(String(value))}`).join(", ");
  const statements = [
    `CREATE VIEW ${name} (${columns.rows.map(column).join(", ")})${list === "" ? "" : ` WITH (${list})`} AS ${definition}`,
    ...columns.rows.flatMap(([each, , fallback]) =>
      fallback === null ? [] : [`ALTER VIEW ${name} ALTER COLUMN ${quoteName(String(each))} SET DEFAULT ${fallback}`],
    ),
    ...(comment === null || comment === undefined ? [] : [`COMMENT ON VIEW ${name} IS ${quoteText(comment)}`]),
    ...columns.rows.flatMap(([each, text]) =>
      text === null || text === undefined ? [] : [`COMMENT ON COLUMN ${name}.${quoteName(String(each))} IS ${quoteText(text)}`],
    ),
    `ALTER VIEW ${name} OWNER TO ${quoteName(owner)}`,
  ];
  return async (about) => {
    for (const statement of statements) await execute(statement, about);
    // Default privileges may have granted rights that the view did not have.
    const [given] = await one(`SELECT relacl IS NOT NULL FROM pg_class WHERE oid = ${quoteText(name)}::regclass`);
    if (given !== "t" && hasRights !== "t") return;
    const grantees = (await grantsOn(execute, `${quoteText(name)}::regclass`)).map(({ grantee }) => grantee);
    for (const grantee of new Set(grantees)) await execute(`REVOKE ALL ON ${name} FROM ${grantee}`, about);
    for (const { right, column: of, grantee, option } of grants)
      await execute(`GRANT ${right}${of === null ? "" : ` (${quoteName(of)})`} ON ${name} TO ${grantee}${option}`, about);
  };
}

interface Grant {
  right: string;
  column: string | null;
  /** Quoted, or PUBLIC. */
  grantee: string;
  option: "" | " WITH GRANT OPTION";
}

/** Rights on a view and on its columns, including those that its owner has without a grant. */
async function grantsOn(execute: Execute, view: string): Promise<Grant[]> {
  const acl = "coalesce(relacl, acldefault('r', relowner))";
  const { rows } = await execute(
    `SELECT privilege_type, attname, CASE grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(grantee) END, is_grantable FROM (
       SELECT NULL::name AS attname, g.* FROM pg_class CROSS JOIN LATERAL aclexplode(${acl}) AS g WHERE pg_class.oid = ${view}
       UNION ALL SELECT attname, g.* FROM pg_attribute CROSS JOIN LATERAL aclexplode(attacl) AS g WHERE attrelid = ${view}) AS granted`,
  );
  return rows.map(([right, column, grantee, isGrantable]) => ({
    right: String(right),
    column: column ?? null,
    grantee: grantee === null || grantee === undefined ? "PUBLIC" : quoteName(grantee),
    option: isGrantable === "t" ? " WITH GRANT OPTION" : "",
  }));
}
