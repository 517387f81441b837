/**
 * How rows get into a Snowflake table. They land in a temporary table, with their number in the order of arrival; then old rows with the
 * same keys are deleted and the landed ones inserted. A statement of its own for each, because MERGE refuses two rows of one key.
 */
import {
  type LoadPlan,
  type LoadRequest,
  type Merge,
  type Names,
  planActivation,
  planDedupe,
  planDeletes,
  planFold,
  planKeep,
  planOutdated,
  planReplace,
} from "@tapline/sql";
import { besideTable, keptColumn, rowColumn } from "./names.ts";
import { quoteText as text } from "./text.ts";

/** `token` makes the names of temporary tables differ from those of other sessions. */
export function makeMerge({ quote }: Pick<Names, "quote">, token: string): Merge {
  const words = { quote, rowId: quote(rowColumn), tableOrder: "NULL", text, ddlCommits: true };
  return {
    plan: (request) => planLoad(words, request, token),
    activate: (table, activation) => planActivation(words, table, activation),
  };
}

function planLoad(
  words: Parameters<typeof planDedupe>[0],
  { table, columns, otherColumns, keys, overwrites, sequence, deletes, partialRows, ordinal }: LoadRequest,
  token: string,
): LoadPlan {
  const { quote } = words;
  const temporary = (use: string): string => besideTable(table, quote(`_tapline_${use}_${token}_${ordinal}`));
  const landing = temporary("landing");
  const isUpsert = keys.length > 0;
  const merged = { table, landing, keys };
  const isKept = quote(keptColumn);
  const keep = isUpsert && !overwrites ? planKeep(words, merged, otherColumns, isKept) : undefined;
  const outdated = isUpsert && !overwrites ? planOutdated(words, merged, sequence) : undefined;
  const insert = (names: readonly string[], where: string): string => {
    const list = names.map(quote).join(", ");
    return `INSERT INTO ${table} (${list}) SELECT ${list} FROM ${landing}${where}`;
  };
  // A row that replaces none gets the table's defaults in the columns that the stream lacks.
  const inserts =
    keep === undefined
      ? [insert(columns, "")]
      : [insert([...columns, ...otherColumns], ` WHERE ${isKept}`), insert(columns, ` WHERE ${isKept} IS NULL`)];
  const fold = partialRows && planFold(words, merged, partialRows, { aside: temporary("unchanged"), deletes, overwrites });
  const listed = partialRows === undefined ? "" : `, CAST(NULL AS VARCHAR) AS ${quote(partialRows.list)}`;
  return {
    prepare: [
      `CREATE OR REPLACE TEMPORARY TABLE ${landing} AS SELECT *, CAST(NULL AS NUMBER(38,0)) AS ${quote(rowColumn)}, CAST(NULL AS BOOLEAN) AS ${isKept}${listed} FROM ${table} LIMIT 0`,
    ],
    landing,
    takesOtherColumns: false,
    look: undefined,
    merge: () => ({
      ...(fold && { fold }),
      ...(deletes && { deletes: planDeletes(words, merged, deletes, { columns, aside: temporary("deletes") }) }),
      dedupe: isUpsert ? planDedupe(words, merged) : undefined,
      ...(outdated !== undefined && { outdated }),
      ...(keep !== undefined && { keep }),
      // DELETE, because TRUNCATE commits.
      ...(overwrites && { clear: `DELETE FROM ${table}` }),
      apply: { kind: "replace", replaced: isUpsert && !overwrites ? planReplace(words, merged) : undefined, insert: inserts },
      finish: [],
      clean: [`DROP TABLE ${landing}`],
      count: undefined,
    }),
  };
}
