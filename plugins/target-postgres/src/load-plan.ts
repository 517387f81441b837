/**
 * How rows get into a PostgreSQL table: a new one takes COPY itself and its key with the first commit; into one that was
 * there COPY goes by way of a temporary table and one statement, so that each row is written once. Pure.
 *
 * "The last row of a key" is told by ctid. That is the order of arrival here because COPY into a table made by the same
 * transaction only ever appends (it skips the free space map: `CopyFrom` in copyfrom.c, TABLE_INSERT_SKIP_FSM), and a landing
 * is always such a table. `merge.test.ts` guards it.
 */
import { quoteName as quote } from "@tapline/postgres";
import { type LoadPlace, type LoadPlan, type MergePlan, planDedupe, planReplace } from "@tapline/sql";

const words = { quote, rowId: "ctid" };

export function planLoad(place: LoadPlace): LoadPlan {
  const { table, keys, isNew, ordinal } = place;
  const isUpsert = keys.length > 0;
  if (isUpsert && !isNew) return throughTemporary(place, `pg_temp.${quote(`_tapline_${ordinal}`)}`);
  return {
    prepare: [],
    landing: table,
    look: undefined,
    merge: () => ({
      dedupe: isUpsert ? planDedupe(words, { table, landing: table, keys }) : undefined,
      apply: undefined,
      finish: isUpsert ? [`ALTER TABLE ${table} ADD PRIMARY KEY (${keys.map(quote).join(", ")})`] : [],
      // Counting an older table takes longer than many a load, and other sessions may write to it: there COPY's own count stands.
      count: isNew ? `SELECT count(*) FROM ${table}` : undefined,
    }),
  };
}

function throughTemporary(place: LoadPlace, landing: string): LoadPlan {
  const { table, columns, keys, uniqueKeys } = place;
  const list = columns.map(quote).join(", ");
  const isUnique = uniqueKeys.some((unique) => unique.length === keys.length && unique.every((key) => keys.includes(key)));
  const insert = `INSERT INTO ${table} AS t (${list}) SELECT ${list} FROM ${landing}`;
  return {
    // Copies types with their lengths and collations from the table.
    prepare: [`CREATE TEMPORARY TABLE ${landing.replace(/^pg_temp\./, "")} ON COMMIT DROP AS SELECT ${list} FROM ${table} WITH NO DATA`],
    landing,
    look: undefined,
    merge: (): MergePlan => ({
      dedupe: planDedupe(words, { table, landing, keys }),
      apply: isUnique
        ? { kind: "upsert", query: upsert(insert, columns, keys) }
        : { kind: "replace", ...planReplace(words, { table, landing, keys }), insert },
      finish: [`DROP TABLE ${landing}`],
      count: undefined,
    }),
  };
}

/** A row that was updated carries this transaction's lock in xmax; one that was inserted carries none. */
function upsert(insert: string, columns: readonly string[], keys: readonly string[]): string {
  const others = columns.filter((column) => !keys.includes(column));
  // A table of keys alone still has to answer for every row, which DO NOTHING does not.
  const set = (others.length > 0 ? others : keys.slice(0, 1)).map((column) => `${quote(column)} = excluded.${quote(column)}`).join(", ");
  const write = `${insert} ON CONFLICT (${keys.map(quote).join(", ")}) DO UPDATE SET ${set} RETURNING t.xmax <> 0 AS is_update`;
  return `WITH written AS (${write}) SELECT count(*), count(*) FILTER (WHERE is_update) FROM written`;
}
