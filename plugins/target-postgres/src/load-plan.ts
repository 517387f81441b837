/**
 * How rows get into a PostgreSQL table: a new one takes COPY itself and its key with the first commit; into one that was
 * there COPY goes by way of a temporary table and one statement, so that each row is written once. Pure.
 *
 * "The last row of a key" is told by ctid. That is the order of arrival here because COPY into a table made by the same
 * transaction only ever appends (it skips the free space map: `CopyFrom` in copyfrom.c, TABLE_INSERT_SKIP_FSM), and a landing
 * is always such a table. `merge.test.ts` guards it.
 */
import { quoteName as quote } from "@tapline/columns";
import {
  type LandingParts,
  type LoadPlace,
  type LoadPlan,
  type MergePlan,
  planDedupe,
  planReplace,
  type ReplaceRows,
  type UpsertRows,
} from "@tapline/sql";

const words = { quote, rowId: "ctid" };

export function planLoad(place: LoadPlace): LoadPlan {
  const { table, keys, isNew, overwrites, ordinal } = place;
  const isUpsert = keys.length > 0;
  if (overwrites || (isUpsert && !isNew)) return throughTemporary(place, `pg_temp.${quote(`_tapline_${ordinal}`)}`);
  return {
    prepare: [],
    landing: table,
    takesOtherColumns: false,
    look: undefined,
    merge: () => ({
      dedupe: isUpsert ? planDedupe(words, { table, landing: table, keys }) : undefined,
      apply: undefined,
      finish: [],
      // Counting an older table takes longer than many a load, and other sessions may write to it: there COPY's own count stands.
      count: isNew ? `SELECT count(*) FROM ${table}` : undefined,
    }),
  };
}

export function keyNewTable(table: string, keys: readonly string[]): string[] {
  return keys.length === 0 ? [] : [`ALTER TABLE ${table} ADD PRIMARY KEY (${keys.map(quote).join(", ")})`];
}

function throughTemporary(place: LoadPlace, landing: string): LoadPlan {
  const { table, columns, keys, uniqueKeys, overwrites, isReferenced } = place;
  const list = columns.map(quote).join(", ");
  const isUpsert = keys.length > 0;
  const isUnique = isUpsert && uniqueKeys.some((unique) => unique.length === keys.length && unique.every((key) => keys.includes(key)));
  // Where foreign keys point at the table, rows keep their place, so that those hold all the while; else old rows are in nobody's way once gone.
  const keepsPlaces = isUnique && (!overwrites || isReferenced);
  const applyFrom = (source: string): ReplaceRows | UpsertRows => {
    const insert = `INSERT INTO ${table} AS t (${list}) SELECT ${list} FROM ${source}`;
    if (keepsPlaces) return { kind: "upsert", query: upsert(insert, columns, keys) };
    return { kind: "replace", replaced: overwrites ? undefined : planReplace(words, { table, landing: source, keys }), insert };
  };
  return {
    // With the table's types, lengths and checks: what it would refuse is refused by COPY already, which names the line.
    prepare: [
      `CREATE TEMPORARY TABLE ${bareName(landing)} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING IDENTITY) ON COMMIT DROP`,
    ],
    landing,
    takesOtherColumns: false,
    look: undefined,
    merge: (): MergePlan => ({
      dedupe: isUpsert ? planDedupe(words, { table, landing, keys }) : undefined,
      ...(overwrites && !keepsPlaces && { clear: `DELETE FROM ${table}` }),
      apply: applyFrom(landing),
      parts: landingParts(landing, list, applyFrom),
      ...(overwrites && keepsPlaces && { prune: deleteOthers(table, landing, keys) }),
      finish: [`DROP TABLE ${landing}`],
      count: undefined,
    }),
  };
}

/** Rows are numbered once and found by their ctid then, so that no part is looked for in the whole landing. */
function landingParts(landing: string, list: string, applyFrom: (source: string) => ReplaceRows | UpsertRows): LandingParts {
  const places = `${landing.slice(0, -1)}_places"`;
  const part = (from: number, to: number): string =>
    `(SELECT * FROM ${landing} WHERE ctid = ANY (ARRAY(SELECT place FROM ${places} WHERE n >= ${from} AND n < ${to})))`;
  return {
    prepare: [
      `CREATE TEMPORARY TABLE ${bareName(places)} ON COMMIT DROP AS SELECT row_number() OVER (ORDER BY ctid) - 1 AS n, ctid AS place FROM ${landing}`,
      `ALTER TABLE ${places} ADD PRIMARY KEY (n)`,
    ],
    apply: (from, to) => applyFrom(`${part(from, to)} AS part`),
    read: (place) => `SELECT row_to_json(r) FROM (SELECT ${list} FROM ${part(place, place + 1)} AS part) AS r`,
    drop: (place) => `DELETE FROM ${landing} WHERE ctid = (SELECT place FROM ${places} WHERE n = ${place})`,
  };
}

/** As CREATE TEMPORARY TABLE takes it. */
const bareName = (temporary: string): string => temporary.replace(/^pg_temp\./, "");

/** A row that was updated carries this transaction's lock in xmax; one that was inserted carries none. */
function upsert(insert: string, columns: readonly string[], keys: readonly string[]): string {
  const others = columns.filter((column) => !keys.includes(column));
  // A table of keys alone still has to answer for every row, which DO NOTHING does not.
  const set = (others.length > 0 ? others : keys.slice(0, 1)).map((column) => `${quote(column)} = excluded.${quote(column)}`).join(", ");
  const write = `${insert} ON CONFLICT (${keys.map(quote).join(", ")}) DO UPDATE SET ${set} RETURNING t.xmax <> 0 AS is_update`;
  return `WITH written AS (${write}) SELECT count(*), count(*) FILTER (WHERE is_update) FROM written`;
}

/** Rows whose keys did not come again. */
function deleteOthers(table: string, landing: string, keys: readonly string[]): string {
  const same = keys.map((key) => `n.${quote(key)} = t.${quote(key)}`).join(" AND ");
  return `DELETE FROM ${table} AS t WHERE NOT EXISTS (SELECT 1 FROM ${landing} AS n WHERE ${same})`;
}
