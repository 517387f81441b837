/**
 * How rows get into a Snowflake table. They land in a temporary table, with their number in the order of arrival, and the last one of each
 * key stays there: MERGE refuses two rows of one key. Then old rows with these keys are deleted and the landed ones inserted, or one MERGE does both.
 */
import { type LoadPlan, type LoadRequest, type Merge, type Names, planActivation, planThroughLanding } from "@tapline/sql";
import { besideTable, keptColumn, rowColumn } from "./names.ts";
import { quoteText as text } from "./text.ts";
import { planUpsert, type UpsertWay } from "./upsert.ts";

/** `token` makes the names of temporary tables differ from those of other sessions. */
export function makeMerge({ quote }: Pick<Names, "quote">, token: string, way: UpsertWay): Merge {
  const words = { quote, rowId: quote(rowColumn), tableOrder: "NULL", text, ddlCommits: true };
  return {
    plan: (request) => planLoad(words, request, token, way),
    activate: (table, activation) => planActivation(words, table, activation),
  };
}

function planLoad(words: Parameters<typeof planThroughLanding>[0], request: LoadRequest, token: string, way: UpsertWay): LoadPlan {
  const { quote } = words;
  const { table, keys, overwrites, ordinal } = request;
  const temporary = (use: string): string => besideTable(table, quote(`_tapline_${use}_${token}_${ordinal}`));
  const landing = temporary("landing");
  const names = { landing, isKept: quote(keptColumn), unchanged: temporary("unchanged"), deletes: temporary("deletes") };
  const { extraColumns, merge } = planThroughLanding(words, request, names);
  const list = ["*", `CAST(NULL AS NUMBER(38,0)) AS ${quote(rowColumn)}`, ...extraColumns].join(", ");
  return {
    prepare: [`CREATE OR REPLACE TEMPORARY TABLE ${landing} AS SELECT ${list} FROM ${table} LIMIT 0`],
    landing,
    takesOtherColumns: false,
    look: undefined,
    merge: () => ({
      ...merge,
      ...(keys.length > 0 && !overwrites && planUpsert(words, request, landing, merge, way)),
      finish: [],
      clean: [`DROP TABLE ${landing}`],
      count: undefined,
    }),
  };
}
