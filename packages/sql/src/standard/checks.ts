/**
 * The SQL of checks of a table. Every column of every result is text, so that any session reads it alike; rows that are marked deleted are not
 * looked at. Pure.
 */
import { type Check, type CheckOf, mostFaultyRows, parsePattern, patternText } from "@tapline/protocol";
import type { Dialect } from "../dialect/dialect.ts";

/** A stream's table as checks see it. */
export interface CheckedTable {
  /** Quoted and qualified. */
  name: string;
  /** By property: its column. Properties without a column are left out. */
  columns: ReadonlyMap<string, string>;
  /** Columns that tell which row is faulty. */
  keys: readonly string[];
  /** It marks deleted rows. */
  marksDeleted: boolean;
}

export type SqlParts = Pick<Dialect["names"], "quote"> & Pick<Dialect["statements"], "constant" | "matches">;

/** Rows that break a rule: where they are, and by which condition. */
interface Faults {
  from: string;
  condition: string;
}

export type FaultCheck = Exclude<Check, CheckOf<"row_count" | "freshness" | "sum" | "sql">>;

export interface CheckSql {
  /** A query for one row: how many rows were looked at, and how many are faulty. */
  count: string;
  /** A query for the first faulty rows: the columns of `shown`. */
  first: string;
}

/** `shown`: names of columns. `other`: the table of a foreign key. */
export function faultsSql(
  check: FaultCheck,
  table: CheckedTable,
  shown: readonly string[],
  parts: SqlParts,
  other?: CheckedTable,
): CheckSql {
  const { from, condition } = check.rule === "unique" ? twice(check, table, parts) : faultsOf(check, table, parts, other);
  const live = liveRows(table, parts);
  const select = shown.length === 0 ? "''" : shown.map((name) => asText(`t.${parts.quote(name)}`)).join(", ");
  const faulty = `CASE WHEN ${condition} THEN 1 ELSE 0 END`;
  return {
    count: `SELECT ${asText("count(*)")}, ${asText(`COALESCE(sum(${faulty}), 0)`)} FROM ${from} WHERE ${live}`,
    first: `SELECT ${select} FROM ${from} WHERE ${live} AND (${condition}) LIMIT ${mostFaultyRows}`,
  };
}

/** A query for one row with one value: the number of rows, the sum, or the newest value. */
export function measureSql(check: CheckOf<"row_count" | "freshness" | "sum">, table: CheckedTable, parts: SqlParts): string {
  const column = check.rule === "row_count" ? "" : columnOf(table, check.column, parts);
  const measured = { row_count: "count(*)", sum: `COALESCE(sum(${column}), 0)`, freshness: `max(${column})` }[check.rule];
  return `SELECT ${asText(measured)} FROM ${table.name} AS t WHERE ${liveRows(table, parts)}`;
}

/** A statement without the semicolon that ends it. */
export function withoutEnd(sql: string): string {
  return sql.trim().replace(/;$/, "");
}

const asText = (expression: string): string => `CAST(${expression} AS VARCHAR)`;

function liveRows({ marksDeleted }: CheckedTable, { quote }: SqlParts): string {
  return marksDeleted ? `t.${quote("_sdc_deleted_at")} IS NULL` : "1 = 1";
}

/** The caller has seen that the table has the column. */
function columnOf({ columns }: CheckedTable, property: string, { quote }: SqlParts): string {
  return `t.${quote(columns.get(property) as string)}`;
}

function faultsOf(
  check: Exclude<FaultCheck, CheckOf<"unique">>,
  table: CheckedTable,
  parts: SqlParts,
  other: CheckedTable | undefined,
): Faults {
  const column = columnOf(table, check.column, parts);
  const from = `${table.name} AS t`;
  switch (check.rule) {
    case "not_null":
      return { from, condition: `${column} IS NULL` };
    case "accepted_values": {
      const values = check.values.map((value) => (typeof value === "string" ? parts.constant(value) : String(value).toUpperCase()));
      return { from, condition: values.length === 0 ? `${column} IS NOT NULL` : `${column} NOT IN (${values.join(", ")})` };
    }
    case "range": {
      const bound = (value: string | number): string => (typeof value === "number" ? String(value) : parts.constant(value));
      const sides = [
        ...(check.min === undefined ? [] : [`${column} < ${bound(check.min)}`]),
        ...(check.max === undefined ? [] : [`${column} > ${bound(check.max)}`]),
      ];
      return { from, condition: sides.join(" OR ") };
    }
    case "matches": {
      const parsed = parsePattern(check.pattern);
      const pattern = "node" in parsed ? patternText(parsed.node) : check.pattern;
      return { from, condition: `NOT (${parts.matches(asText(column), pattern)})` };
    }
    default: {
      const to = other as CheckedTable;
      const referred = columnOf(to, check.to_column, parts);
      const known = `SELECT DISTINCT ${referred} AS known_key FROM ${to.name} AS t WHERE ${liveRows(to, parts)}`;
      return {
        from: `${from} LEFT JOIN (${known}) AS other ON ${column} = other.known_key`,
        condition: `${column} IS NOT NULL AND other.known_key IS NULL`,
      };
    }
  }
}

/** Rows that have the same values as another one. A row with a NULL is equal to none. */
function twice(check: CheckOf<"unique">, table: CheckedTable, parts: SqlParts): Faults {
  const columns = check.columns.map((column) => columnOf(table, column, parts));
  const names = columns.map((_, index) => `same_${index}`);
  const list = columns.map((column, index) => `${column} AS ${names[index]}`).join(", ");
  const groups = `SELECT ${list}, count(*) AS same_rows FROM ${table.name} AS t WHERE ${liveRows(table, parts)} GROUP BY ${columns.join(", ")} HAVING count(*) > 1`;
  const join = columns.map((column, index) => `${column} = other.${names[index]}`).join(" AND ");
  return { from: `${table.name} AS t LEFT JOIN (${groups}) AS other ON ${join}`, condition: "other.same_rows IS NOT NULL" };
}
