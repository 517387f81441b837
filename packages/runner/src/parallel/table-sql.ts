/** The SQL that compares two tables of one database. It uses what PostgreSQL, DuckDB and Snowflake share. Pure. */

export interface TableSql {
  /** Quoted. */
  old: string;
  new: string;
  keys: readonly string[];
  /** Columns that both have, without the keys. */
  values: readonly string[];
  tolerances: Readonly<Record<string, number>>;
}

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const quoted = (schema: string, table: string): string => `${quote(schema)}.${quote(table)}`;

/** Rows, and keys that are NULL or there more than once, of the old and of the new table. */
export function keysQuery({ old, new: fresh, keys }: TableSql): string {
  const bad = (table: string): string => {
    if (keys.length === 0) return "0";
    const list = keys.map(quote);
    return `(SELECT count(*) FROM (SELECT 1 AS one FROM ${table} GROUP BY ${list.join(", ")} HAVING count(*) > 1 OR ${list.map((key) => `${key} IS NULL`).join(" OR ")}) AS bad)`;
  };
  return `SELECT (SELECT count(*) FROM ${old}), ${bad(old)}, (SELECT count(*) FROM ${fresh}), ${bad(fresh)}`;
}

/** One row: only old, only new, differing, and rows that differ by column. Without keys, whole rows are compared, as often as they are there. */
export function differencesQuery(sql: TableSql): string {
  if (sql.keys.length === 0) {
    const list = sql.values.map(quote).join(", ");
    const more = (a: string, b: string): string =>
      `(SELECT count(*) FROM (SELECT ${list} FROM ${a} EXCEPT ALL SELECT ${list} FROM ${b}) AS more)`;
    return `SELECT ${more(sql.old, sql.new)}, ${more(sql.new, sql.old)}, 0`;
  }
  const count = (condition: string): string => `coalesce(sum(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0)`;
  const isBoth = "old_there IS NOT NULL AND new_there IS NOT NULL";
  const columns = sql.values.map((_, index) => count(`${isBoth} AND d${index}`));
  const any = sql.values.length === 0 ? "false" : sql.values.map((_, index) => `d${index}`).join(" OR ");
  return `SELECT ${[count("new_there IS NULL"), count("old_there IS NULL"), count(`${isBoth} AND (${any})`), ...columns].join(", ")} FROM (${joined(sql)}) AS joined`;
}

/** Rows that differ: what of them, the key as texts, and for each column whether it differs. */
export function examplesQuery(sql: TableSql): string {
  const any = sql.values.length === 0 ? "false" : sql.values.map((_, index) => `d${index}`).join(" OR ");
  const what = "CASE WHEN new_there IS NULL THEN 'only_old' WHEN old_there IS NULL THEN 'only_new' ELSE 'differing' END";
  const cells = [what, ...sql.keys.map((_, index) => `CAST(k${index} AS varchar)`), ...sql.values.map((_, index) => `d${index}`)];
  return `SELECT ${cells.join(", ")} FROM (${joined(sql)}) AS joined WHERE new_there IS NULL OR old_there IS NULL OR ${any} ORDER BY 1, 2`;
}

function joined({ old, new: fresh, keys, values, tolerances }: TableSql): string {
  const differs = (name: string): string => {
    const [a, b] = [`o.${quote(name)}`, `n.${quote(name)}`];
    const tolerance = tolerances[name];
    if (tolerance === undefined) return `${a} IS DISTINCT FROM ${b}`;
    return `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN ${a} IS DISTINCT FROM ${b} ELSE abs(${a} - ${b}) > ${tolerance} END`;
  };
  const key = keys.map((name, index) => `coalesce(o.${quote(name)}, n.${quote(name)}) AS k${index}`);
  const cells = [
    ...key,
    "o.tapline_there AS old_there",
    "n.tapline_there AS new_there",
    ...values.map((name, index) => `(${differs(name)}) AS d${index}`),
  ];
  const on = keys.map((name) => `o.${quote(name)} = n.${quote(name)}`).join(" AND ");
  const from = (table: string): string => `(SELECT t.*, 1 AS tapline_there FROM ${table} AS t)`;
  return `SELECT ${cells.join(", ")} FROM ${from(old)} AS o FULL JOIN ${from(fresh)} AS n ON ${on}`;
}
