/**
 * A merge of rows that land in a table of their own, in SQL that databases share: old rows whose keys arrived are deleted, then the landed
 * ones are inserted. For tables with constraints, which refuse a new row while the old one is there, and for databases where a table's rows
 * have no ids. Pure.
 */
import type { LoadRequest, MergePlan } from "../dialect/merge.ts";
import { planDeletes } from "./deletes.ts";
import { planFold } from "./fold.ts";
import { type MergeWords, planDedupe, planKeep, planOutdated, planReplace } from "./merge.ts";

/** All quoted. */
export interface LandingNames {
  landing: string;
  /** A column of the landing table: the row got values of the row that it replaces. */
  isKept: string;
  /** Tables that the merge makes for itself. */
  unchanged: string;
  deletes: string;
}

export interface ThroughLanding {
  /** SQL for the columns that the landing table has beside those of the table, each without a value. */
  extraColumns: readonly string[];
  merge: Omit<MergePlan, "finish" | "count">;
}

export function planThroughLanding(
  words: MergeWords,
  { table, columns, otherColumns, keys, overwrites, sequence, deletes, partialRows }: LoadRequest,
  { landing, isKept, unchanged, deletes: deleted }: LandingNames,
): ThroughLanding {
  const { quote } = words;
  const merged = { table, landing, keys };
  const isUpsert = keys.length > 0;
  const meetsOld = isUpsert && !overwrites;
  const outdated = meetsOld ? planOutdated(words, merged, sequence) : undefined;
  const keep = meetsOld ? planKeep(words, merged, otherColumns, isKept) : undefined;
  const insert = (names: readonly string[], where: string): string => {
    const list = names.map(quote).join(", ");
    return `INSERT INTO ${table} (${list}) SELECT ${list} FROM ${landing}${where}`;
  };
  // A row that replaces none gets the table's defaults in the columns that the stream lacks.
  const inserts =
    keep === undefined
      ? [insert(columns, "")]
      : [insert([...columns, ...otherColumns], ` WHERE ${isKept}`), insert(columns, ` WHERE ${isKept} IS NULL`)];
  return {
    extraColumns: [
      `CAST(NULL AS BOOLEAN) AS ${isKept}`,
      ...(partialRows === undefined ? [] : [`CAST(NULL AS VARCHAR) AS ${quote(partialRows.list)}`]),
    ],
    merge: {
      ...(partialRows && { fold: planFold(words, merged, partialRows, { aside: unchanged, deletes, overwrites }) }),
      ...(deletes && { deletes: planDeletes(words, merged, deletes, { columns, aside: deleted }) }),
      dedupe: isUpsert ? planDedupe(words, merged) : undefined,
      ...(outdated !== undefined && { outdated }),
      ...(keep !== undefined && { keep }),
      ...(overwrites && { clear: `DELETE FROM ${table}` }),
      apply: { kind: "replace", replaced: meetsOld ? planReplace(words, merged) : undefined, insert: inserts },
    },
  };
}
