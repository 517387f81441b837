/**
 * How rows get into a DuckDB table. They are appended to the table itself, which has no primary key; then older rows with the same keys
 * are deleted (measured: half the time of INSERT OR REPLACE). In DuckDB 1.5 new rows have larger row ids than all committed ones, rising in
 * the order of insertion; `merge.test.ts` guards that.
 */
import { quoteName as quote } from "@tapline/columns";
import { type LoadPlan, type LoadRequest, type Merge, planActivation, planDedupe, planReplace } from "@tapline/sql";

export const rowId = "rowid";
const words = { quote, rowId };

export const merge: Merge = {
  plan: planLoad,
  activate: (table, activation) => planActivation(words, table, activation),
};

function planLoad(request: LoadRequest): LoadPlan {
  const { table, keys, overwrites, uniqueKeys } = request;
  const isUpsert = keys.length > 0;
  if (overwrites || (isUpsert && uniqueKeys.length > 0)) return throughTemporary(request, `temp.${quote(`_tapline_${request.ordinal}`)}`);
  return {
    prepare: [],
    landing: table,
    takesOtherColumns: true,
    look: `SELECT count(*), ${isUpsert ? "coalesce(max(rowid), -1)" : "-1"} FROM ${table}`,
    merge({ rows, maxRowId }) {
      const merged = { table, landing: table, keys, oldMax: maxRowId };
      return {
        dedupe: isUpsert ? planDedupe(words, merged) : undefined,
        apply: isUpsert && rows > 0n ? { kind: "replace", replaced: planReplace(words, merged), insert: undefined } : undefined,
        finish: [],
        count: `SELECT count(*) FROM ${table}`,
      };
    },
  };
}

/** A table with constraints refuses a new row while the old one, or an earlier one with the same key, is in it. */
function throughTemporary({ table, columns, keys, overwrites }: LoadRequest, landing: string): LoadPlan {
  const list = columns.map(quote).join(", ");
  const isUpsert = keys.length > 0;
  const merged = { table, landing, keys };
  return {
    prepare: [`CREATE TEMPORARY TABLE ${landing.replace(/^temp\./, "")} AS SELECT ${list} FROM ${table} LIMIT 0`],
    landing,
    takesOtherColumns: false,
    look: `SELECT count(*), -1 FROM ${table}`,
    merge: () => ({
      dedupe: isUpsert ? planDedupe(words, merged) : undefined,
      ...(overwrites && { clear: `DELETE FROM ${table}` }),
      apply: {
        kind: "replace",
        replaced: isUpsert && !overwrites ? planReplace(words, merged) : undefined,
        insert: `INSERT INTO ${table} (${list}) SELECT ${list} FROM ${landing}`,
      },
      finish: [`DROP TABLE ${landing}`],
      count: `SELECT count(*) FROM ${table}`,
    }),
  };
}
