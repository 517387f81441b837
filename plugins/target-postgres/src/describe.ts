/** Describes a table from the server's catalog, as the load needs it. */
import { quoteName, quoteText } from "@tapline/columns";
import type { Session } from "@tapline/postgres";
import {
  type FoundTable,
  foldCase,
  propertyCommentStart,
  streamOfComment,
  type TableDescription,
  type TableName,
  tableCommentStart,
} from "@tapline/sql";

/** By pg_class.relkind: those that take no rows by COPY. */
const otherKinds: Record<string, string> = {
  v: "view",
  m: "materialized view",
  f: "foreign table",
  S: "sequence",
  i: "index",
  I: "index",
  c: "composite type",
};

/** Null when nothing has this name. */
export async function describeTable({ execute }: Session, { schema, table }: TableName): Promise<TableDescription | null> {
  const [found] = (
    await execute(
      `SELECT c.oid, c.relkind, obj_description(c.oid, 'pg_class'), pg_has_role(c.relowner, 'USAGE') FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = ${quoteText(schema)} AND c.relname = ${quoteText(table)}`,
    )
  ).rows;
  if (found === undefined) return null;
  const [oid, kind, ownComment, isOwner] = found as [string, string, string | null, string];
  // A domain takes the values of its base type; the server reports those that its checks refuse.
  const { rows: columns } = await execute(
    `WITH RECURSIVE below AS (
       SELECT attnum, attname, atttypid AS type, atttypmod AS modifier, col_description(attrelid, attnum) AS comment, false AS is_domain FROM pg_catalog.pg_attribute
        WHERE attrelid = ${Number(oid)} AND attnum > 0 AND NOT attisdropped
       UNION ALL SELECT attnum, attname, typbasetype, typtypmod, comment, true FROM below JOIN pg_catalog.pg_type AS t ON t.oid = type WHERE typtype = 'd')
     SELECT below.attname, format_type(type, modifier), comment, is_domain, attgenerated <> '' OR attidentity = 'a', attidentity = 'd',
         CASE WHEN t.typtype = 'e' THEN (SELECT json_agg(enumlabel) FROM pg_enum WHERE enumtypid = t.oid) END,
         t.typname IN ('citext', 'bpchar') OR NOT coalesce(collisdeterministic, true), a.attnotnull FROM below
       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = ${Number(oid)} AND a.attnum = below.attnum JOIN pg_catalog.pg_type AS t ON t.oid = type
       LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
      WHERE typtype <> 'd' ORDER BY below.attnum`,
  );
  const hasMoney = columns.some(([, type]) => type === "money");
  const money = hasMoney && !(await readsPlainMoney(execute)) ? "money in the format of lc_monetary" : "money";
  return {
    notTable: otherKinds[kind],
    columns: columns.map(([name, type, comment, isDomain, isGenerated, isNumbered, labels, equatesTexts, refusesNull]) => ({
      name: String(name),
      type: type === "money" ? money : String(type),
      comment: comment ?? undefined,
      ...(isDomain === "t" && { isFixed: true }),
      ...(isGenerated === "t" && { isGenerated: true }),
      ...(refusesNull === "t" && { refusesNull: true }),
      ...(isNumbered === "t" && { isNumbered: true }),
      ...(labels !== null && labels !== undefined && { labels: JSON.parse(labels) as string[] }),
      ...(equatesTexts === "t" && { equatesTexts: true }),
    })),
    stream: streamOfComment(ownComment),
    refusesComments: isOwner !== "t",
    // The upsert finds updates by a system column, which partitioned tables don't return.
    uniqueKeys: kind === "r" ? await uniqueKeys(execute, Number(oid)) : [],
    ownKey: await ownKey(execute, Number(oid)),
    hasDependents: await hasDependents(execute, Number(oid)),
    isReferenced: (await execute(`SELECT 1 FROM pg_constraint WHERE confrelid = ${Number(oid)} LIMIT 1`)).rows.length > 0,
  };
}

/** Whether the server reads 1234.56 as money with two digits after the point: that depends on lc_monetary. */
async function readsPlainMoney(execute: Session["execute"]): Promise<boolean> {
  return (await execute("SELECT '1234.56'::money::numeric::text")).rows[0]?.[0] === "1234.56";
}

/** Tables and views of the schema that have one of these names, the case of ASCII letters ignored. */
export async function tablesLike({ execute }: Session, schema: string, names: readonly string[]): Promise<FoundTable[]> {
  const { rows } = await execute(
    `SELECT c.relname, obj_description(c.oid, 'pg_class'), c.relkind IN ('r', 'p') FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = ${quoteText(schema)} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT starts_with(c.relname, '_tapline_')
        AND lower(c.relname::text COLLATE "C") IN (${names.map((name) => quoteText(foldCase(name))).join(", ")})`,
  );
  return rows.map(([table, comment, isTable]) => ({ table: String(table), stream: streamOfComment(comment), isTable: isTable === "t" }));
}

/** The tables and views of the schema, and the streams that loads made them for. */
export async function tablesIn({ execute }: Session, schema: string) {
  const { rows } = await execute(
    `SELECT c.relname, pg_catalog.obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = ${quoteText(schema)} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT starts_with(c.relname, '_tapline_')`,
  );
  return rows.map(([table, comment]) => ({ table: String(table), stream: streamOfComment(comment) }));
}

/** The comment on a key that a load gave to a table: later loads may drop such a key. */
const keyComment = "tapline: key";

/** Marks the primary key as given by a load. */
export async function markKey({ execute }: Session, { schema, table }: TableName): Promise<void> {
  const name = `${quoteName(schema)}.${quoteName(table)}`;
  const { rows } = await execute(
    `SELECT conname FROM pg_catalog.pg_constraint WHERE conrelid = ${quoteText(name)}::regclass AND contype = 'p'`,
  );
  for (const [key] of rows) await execute(`COMMENT ON CONSTRAINT ${quoteName(String(key))} ON ${name} IS ${quoteText(keyComment)}`);
}

async function ownKey(execute: Session["execute"], oid: number): Promise<TableDescription["ownKey"]> {
  const [found] = (
    await execute(
      `SELECT json_agg(a.attname ORDER BY k.place), c.conname, c.conrelid::regclass FROM pg_catalog.pg_constraint AS c
         CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k(attnum, place)
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
        WHERE c.conrelid = ${oid} AND c.contype = 'p' AND obj_description(c.oid, 'pg_constraint') = ${quoteText(keyComment)}
        GROUP BY c.oid`,
    )
  ).rows;
  if (found === undefined) return undefined;
  const [list, name, table] = found.map(String) as [string, string, string];
  const columns = JSON.parse(list) as string[];
  // The key made the columns NOT NULL, and dropping it would leave them so.
  const nullable = columns.map((column) => `, ALTER COLUMN ${quoteName(column)} DROP NOT NULL`);
  return { columns, drop: `ALTER TABLE ${table} DROP CONSTRAINT ${quoteName(name)}${nullable.join("")}` };
}

/** Whether it has anything that a new table of this role with the same columns and primary key would not have. */
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
    `FROM pg_description WHERE classoid = 'pg_class'::regclass AND ${ofTable("objoid")}
       AND NOT (objsubid > 0 AND starts_with(description, ${quoteText(propertyCommentStart)}))
       AND NOT (objsubid = 0 AND starts_with(description, ${quoteText(tableCommentStart)}))`,
  ];
  const { rows } = await execute(`SELECT ${anything.map((from) => `EXISTS (SELECT 1 ${from})`).join(" OR ")}`);
  return rows[0]?.[0] === "t";
}

/** Only those that ON CONFLICT can use: whole columns, all rows, checked immediately, and equal where the columns are. */
async function uniqueKeys(execute: Session["execute"], oid: number): Promise<string[][]> {
  const { rows } = await execute(
    `SELECT json_agg(a.attname) FROM pg_catalog.pg_index AS i
       CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
      WHERE i.indrelid = ${oid} AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
        AND k.place <= i.indnkeyatts
      GROUP BY i.indexrelid HAVING bool_and(i.indcollation[k.place - 1] = a.attcollation)`,
  );
  return rows.map(([names]) => JSON.parse(String(names)) as string[]);
}
