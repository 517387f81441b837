/**
 * How landed rows meet old ones of the same keys. Snowflake skips the micro-partitions of a table whose keys lie outside of what a statement
 * asks for only where that is said by constants (docs.snowflake.com, "Micro-partitions & Data Clustering"), so the lowest and the highest key are read first.
 */
import type { ColumnType } from "@tapline/columns";
import { between, type KeyEnds, type LoadRequest, type MergePlan, type MergeRows, match, type Names, planReplace } from "@tapline/sql";
import { quoteText as text } from "./text.ts";

/** `delete_insert`: two statements. `merge`: one MERGE. */
export type UpsertWay = "delete_insert" | "merge";

interface Words extends Pick<Names, "quote"> {
  rowId: string;
}

/** `merge`: the plan for `delete_insert`, without ends. @returns what takes the place of its steps */
export function planUpsert(
  words: Words,
  request: LoadRequest,
  landing: string,
  merge: Pick<MergePlan, "apply">,
  way: UpsertWay,
): Pick<MergePlan, "apply" | "keep"> {
  const { quote } = words;
  const { table, keys, typeOf } = request;
  const narrow = () => {
    const ended = keys.filter((key) => constantOf(typeOf(key)) !== undefined);
    const list = ended.flatMap((key) => [`min(${quote(key)})`, `max(${quote(key)})`]).join(", ");
    const apply = (found: readonly unknown[]) => {
      const ends = ended.flatMap((key, index) => endsOf(key, typeOf(key), found[index * 2], found[index * 2 + 1]));
      const replaced = planReplace(words, { table, landing, keys, ends });
      if (way === "merge")
        return { kind: "merge" as const, count: replaced.count as string, statement: mergeInto(quote, request, landing, ends) };
      return { kind: "replace" as const, replaced, insert: inserts };
    };
    return { ends: ended.length === 0 ? undefined : `SELECT ${list} FROM ${landing}`, apply };
  };
  const inserts = merge.apply?.kind === "replace" ? merge.apply.insert : [];
  // A MERGE leaves other columns as they are, so they need not be kept.
  return { apply: { kind: "narrowed", narrow }, ...(way === "merge" && { keep: undefined }) };
}

/** Keys are set too: those that a collation holds for equal may be spelled differently. */
function mergeInto(
  quote: Names["quote"],
  { table, columns, keys }: LoadRequest,
  landing: string,
  ends: readonly KeyEnds[],
): MergeRows["statement"] {
  const others = columns.filter((column) => !keys.includes(column));
  const landed = [...keys.map((key, index) => [quote(key), `k${index}`]), ...others.map((column, index) => [quote(column), `c${index}`])];
  const list = (write: (column: string, alias: string) => string): string =>
    landed.map(([column, alias]) => write(column as string, alias as string)).join(", ");
  const from = `SELECT ${list((column, alias) => `${column} AS ${alias}`)} FROM ${landing}`;
  const isSame = [match(quote, keys, "n"), ...between(quote, ends, "t.")].join(" AND ");
  return `MERGE INTO ${table} AS t USING (${from}) AS n ON ${isSame}
    WHEN MATCHED THEN UPDATE SET ${list((column, alias) => `t.${column} = n.${alias}`)}
    WHEN NOT MATCHED THEN INSERT (${list((column) => column)}) VALUES (${list((_, alias) => `n.${alias}`)})`;
}

/** Longer texts would make the statement long, and the table is hardly ordered by them. */
const mostCharacters = 200;

function endsOf(key: string, type: ColumnType | undefined, low: unknown, high: unknown): KeyEnds[] {
  const constant = constantOf(type);
  const [from, to] = [low, high].map((end) => (typeof end === "string" && end.length <= mostCharacters ? constant?.(end) : undefined));
  return from === undefined || to === undefined ? [] : [{ key, low: from, high: to }];
}

/** Writes a value, as Snowflake's client returns it, as a constant; undefined for types whose order is not looked at. */
function constantOf(type: ColumnType | undefined): ((value: string) => string | undefined) | undefined {
  switch (type?.kind) {
    case "bigint":
    case "hugeint":
    case "decimal":
      return (value) => (/^-?\d+(\.\d+)?$/.test(value) ? value : undefined);
    case "date":
      return (value) => (/^\d{4}-\d\d-\d\d$/.test(value) ? `TO_DATE(${text(value)}, 'YYYY-MM-DD')` : undefined);
    case "varchar":
      return text;
    default:
      return undefined;
  }
}
