/**
 * How rows get into a DuckDB table. They are appended to the table itself, which has no primary key; then older rows with the same keys
 * are deleted (measured: half the time of INSERT OR REPLACE). In DuckDB 1.5 new rows have larger row ids than all committed ones, rising in
 * the order of insertion; `merge.test.ts` guards that.
 */
import { quoteName as quote } from "@tapline/columns";
import {
  type LoadPlan,
  type LoadRequest,
  type Merge,
  planActivation,
  planDedupe,
  planKeep,
  planOutdated,
  planReplace,
  planThroughLanding,
} from "@tapline/sql";

export const rowId = "rowid";
const words = { quote, rowId };

export const merge: Merge = {
  plan: planLoad,
  activate: (table, activation) => planActivation(words, table, activation),
};

function planLoad(request: LoadRequest): LoadPlan {
  const { table, otherColumns, keys, overwrites, uniqueKeys, sequence, deletes, partialRows } = request;
  const isUpsert = keys.length > 0;
  if (overwrites || deletes !== undefined || partialRows !== undefined || (isUpsert && uniqueKeys.length > 0))
    return throughTemporary(request, `temp.${quote(`_tapline_${request.ordinal}`)}`);
  return {
    prepare: [],
    landing: table,
    takesOtherColumns: !isUpsert,
    look: `SELECT count(*), ${isUpsert ? "coalesce(max(rowid), -1)" : "-1"} FROM ${table}`,
    merge({ rows, maxRowId }) {
      const merged = { table, landing: table, keys, oldMax: maxRowId };
      const keep = isUpsert && rows > 0n ? planKeep(words, merged, otherColumns) : undefined;
      const outdated = isUpsert && rows > 0n ? planOutdated(words, merged, sequence) : undefined;
      return {
        dedupe: isUpsert ? planDedupe(words, merged) : undefined,
        ...(outdated !== undefined && { outdated }),
        ...(keep !== undefined && { keep }),
        apply: isUpsert && rows > 0n ? { kind: "replace", replaced: planReplace(words, merged), insert: [] } : undefined,
        finish: [],
        count: `SELECT count(*) FROM ${table}`,
      };
    },
  };
}

/** A table with constraints refuses a new row while the old one, or an earlier one with the same key, is in it. */
function throughTemporary(request: LoadRequest, landing: string): LoadPlan {
  const { table, ordinal } = request;
  const temporary = (use: string): string => `temp.${quote(`_tapline_${use}_${ordinal}`)}`;
  const { extraColumns, merge } = planThroughLanding(words, request, {
    landing,
    isKept: quote("_tapline_kept"),
    unchanged: temporary("unchanged"),
    deletes: temporary("deletes"),
  });
  return {
    prepare: [
      `CREATE TEMPORARY TABLE ${landing.replace(/^temp\./, "")} AS SELECT ${["*", ...extraColumns].join(", ")} FROM ${table} LIMIT 0`,
    ],
    landing,
    takesOtherColumns: false,
    look: `SELECT count(*), -1 FROM ${table}`,
    merge: () => ({ ...merge, finish: [`DROP TABLE ${landing}`], count: `SELECT count(*) FROM ${table}` }),
  };
}
