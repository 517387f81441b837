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
  planDeletes,
  planFold,
  planKeep,
  planOutdated,
  planReplace,
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

/** A column of the landing table: the row got values of the row that it replaces. */
const isKept = quote("_tapline_kept");

/** A table with constraints refuses a new row while the old one, or an earlier one with the same key, is in it. */
function throughTemporary(
  { table, columns, otherColumns, keys, overwrites, sequence, deletes, partialRows, ordinal }: LoadRequest,
  landing: string,
): LoadPlan {
  const isUpsert = keys.length > 0;
  const merged = { table, landing, keys };
  const keep = isUpsert && !overwrites ? planKeep(words, merged, otherColumns, isKept) : undefined;
  const outdated = isUpsert && !overwrites ? planOutdated(words, merged, sequence) : undefined;
  const insert = (names: readonly string[], where: string): string => {
    const list = names.map(quote).join(", ");
    return `INSERT INTO ${table} (${list}) SELECT ${list} FROM ${landing}${where}`;
  };
  const aside = `temp.${quote(`_tapline_unchanged_${ordinal}`)}`;
  const fold = partialRows && planFold(words, merged, partialRows, { aside, deletes, overwrites });
  const listed = partialRows === undefined ? "" : `, CAST(NULL AS VARCHAR) AS ${quote(partialRows.list)}`;
  // A row that replaces none gets the table's defaults in the columns that the stream lacks.
  const inserts =
    keep === undefined
      ? [insert(columns, "")]
      : [insert([...columns, ...otherColumns], ` WHERE ${isKept}`), insert(columns, ` WHERE ${isKept} IS NULL`)];
  return {
    prepare: [
      `CREATE TEMPORARY TABLE ${landing.replace(/^temp\./, "")} AS SELECT *, CAST(NULL AS BOOLEAN) AS ${isKept}${listed} FROM ${table} LIMIT 0`,
    ],
    landing,
    takesOtherColumns: false,
    look: `SELECT count(*), -1 FROM ${table}`,
    merge: () => ({
      ...(fold && { fold }),
      ...(deletes && { deletes: planDeletes(words, merged, deletes, { columns, aside: `temp.${quote(`_tapline_deletes_${ordinal}`)}` }) }),
      dedupe: isUpsert ? planDedupe(words, merged) : undefined,
      ...(outdated !== undefined && { outdated }),
      ...(keep !== undefined && { keep }),
      ...(overwrites && { clear: `DELETE FROM ${table}` }),
      apply: {
        kind: "replace",
        replaced: isUpsert && !overwrites ? planReplace(words, merged) : undefined,
        insert: inserts,
      },
      finish: [`DROP TABLE ${landing}`],
      count: `SELECT count(*) FROM ${table}`,
    }),
  };
}
