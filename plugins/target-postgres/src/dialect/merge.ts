/**
 * How rows get into a PostgreSQL table: COPY goes into a new one directly, which gets its key with the first commit; rows for an existing
 * one go by COPY into a temporary table and from there by one statement, so that each row is written once. Pure.
 *
 * The last row of a key is found by ctid. That is the order of arrival, because COPY into a table that the same transaction made only
 * appends (it skips the free space map: `CopyFrom` in copyfrom.c, TABLE_INSERT_SKIP_FSM), and a landing table is always such a table.
 * `merge.test.ts` guards it.
 */
import { quoteName as quote, quoteText } from "@tapline/columns";
import {
  type LoadPlan,
  type LoadRequest,
  type Merge,
  type MergePlan,
  planActivation,
  planDedupe,
  planDeletes,
  planFold,
  planKeep,
  planOutdated,
  planReplace,
  type ReplaceRows,
  type UpsertRows,
} from "@tapline/sql";
import { landingParts } from "./landing-parts.ts";
import { bareName, cheaper, upsert } from "./upsert.ts";

export const rowId = "ctid";
const words = { quote, rowId };

export const merge: Merge = {
  plan: planLoad,
  activate: (table, activation) => planActivation(words, table, activation),
};

function planLoad(request: LoadRequest): LoadPlan {
  const { table, keys, isNew, overwrites, ordinal, deletes, partialRows } = request;
  const isUpsert = keys.length > 0;
  if (overwrites || deletes !== undefined || partialRows !== undefined || (isUpsert && !isNew))
    return throughTemporary(request, `pg_temp.${quote(`_tapline_${ordinal}`)}`);
  return {
    prepare: [],
    landing: table,
    takesOtherColumns: false,
    look: undefined,
    merge: () => ({
      dedupe: isUpsert ? planDedupe(words, { table, landing: table, keys }) : undefined,
      apply: undefined,
      finish: [],
      // Counting an older table takes longer than many loads, and other sessions may write to it: there COPY's own count is used.
      count: isNew ? `SELECT count(*) FROM ${table}` : undefined,
    }),
  };
}

function throughTemporary(request: LoadRequest, landing: string): LoadPlan {
  const { table, columns, otherColumns, keys, uniqueKeys, overwrites, isReferenced, sequence, deletes, partialRows, ordinal } = request;
  const isUpsert = keys.length > 0;
  const index = uniqueKeys.find((unique) => unique.length === keys.length && unique.every((key) => keys.includes(key)));
  const isUnique = isUpsert && index !== undefined;
  // Where foreign keys point at the table, rows are updated in place, so that the keys hold throughout; else old rows are deleted first.
  const updatesInPlace = isUnique && (!overwrites || isReferenced);
  const keep = isUpsert && !updatesInPlace && !overwrites ? planKeep(words, { table, landing, keys }, otherColumns) : undefined;
  const outdated = isUpsert && !overwrites ? planOutdated(words, { table, landing, keys }, sequence) : undefined;
  const list = [...columns, ...(keep === undefined ? [] : otherColumns)].map(quote).join(", ");
  const create = (more: string): string =>
    `CREATE TEMPORARY TABLE ${bareName(landing)} (LIKE ${table} INCLUDING DEFAULTS${more}) ON COMMIT DROP`;
  const prepare =
    deletes === undefined && partialRows === undefined
      ? // With the table's types, lengths and checks: COPY then refuses what the table would refuse, and names the line.
        [create(" INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING IDENTITY")]
      : // The table checks the rows when they are merged: here some of them lack values.
        [create(""), takeNulls(landing, keys)];
  if (partialRows !== undefined) prepare.push(`ALTER TABLE ${landing} ADD COLUMN ${quote(partialRows.list)} text`);
  const unchanged = `pg_temp.${quote(`_tapline_unchanged_${ordinal}`)}`;
  const fold = partialRows && planFold(words, { table, landing, keys }, partialRows, { aside: unchanged, deletes, overwrites });
  const aside = `pg_temp.${quote(`_tapline_deletes_${ordinal}`)}`;
  const insertFrom = (source: string): string => `INSERT INTO ${table} AS t (${list}) SELECT ${list} FROM ${source}`;
  const applyFrom = (source: string): ReplaceRows | UpsertRows => {
    const insert = insertFrom(source);
    if (updatesInPlace) return { kind: "upsert", query: upsert(insert, columns, keys, overwrites ? otherColumns : []) };
    return { kind: "replace", replaced: overwrites ? undefined : planReplace(words, { table, landing: source, keys }), insert: [insert] };
  };
  const whole = applyFrom(landing);
  const hasPlainRows = otherColumns.length === 0 && deletes === undefined && partialRows === undefined && !overwrites;
  const apply =
    whole.kind === "upsert" && hasPlainRows && index !== undefined
      ? cheaper({ table, landing, keys, index }, whole, planReplace(words, { table, landing, keys }).remove, insertFrom(landing))
      : whole;
  return {
    prepare,
    landing,
    takesOtherColumns: false,
    look: undefined,
    merge: (): MergePlan => ({
      ...(fold && { fold }),
      ...(deletes && { deletes: planDeletes(words, { table, landing, keys }, deletes, { columns, aside }) }),
      dedupe: isUpsert ? planDedupe(words, { table, landing, keys }) : undefined,
      ...(outdated !== undefined && { outdated }),
      ...(keep !== undefined && { keep }),
      ...(overwrites && !updatesInPlace && { clear: `DELETE FROM ${table}` }),
      apply,
      parts: landingParts(landing, columns.map(quote).join(", "), applyFrom),
      ...(overwrites && updatesInPlace && { prune: deleteOthers(table, landing, keys) }),
      finish: [`DROP TABLE ${landing}`],
      count: undefined,
    }),
  };
}

/** All columns but the keys take NULL from now on, also those that the stream lacks: an identity column gets no number here. */
function takeNulls(landing: string, keys: readonly string[]): string {
  const others = `attnotnull AND attnum > 0 AND NOT attisdropped AND attname <> ALL (ARRAY[${keys.map(quoteText).join(", ")}]::name[])`;
  const alter = `format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', ${quoteText(landing)}, c.attname)`;
  return `DO ${quoteText(`DECLARE c record; BEGIN
    FOR c IN SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = ${quoteText(landing)}::regclass AND ${others}
    LOOP EXECUTE ${alter}; END LOOP; END`)}`;
}

/** Old rows whose keys did not arrive again. */
function deleteOthers(table: string, landing: string, keys: readonly string[]): string {
  const same = keys.map((key) => `n.${quote(key)} = t.${quote(key)}`).join(" AND ");
  return `DELETE FROM ${table} AS t WHERE NOT EXISTS (SELECT 1 FROM ${landing} AS n WHERE ${same})`;
}
