/** The SQL of a digest: which text a row has, which bucket it is in, and what is counted. The same in every database; pure. */
import type { BucketsQuestion, DigestColumn, MetricQuestion, MetricsQuestion, RowsQuestion } from "@tapline/sdk";
import type { DigestDialect, DigestValue } from "./digest-dialect.ts";

/** The table of a question, as the database describes it. */
export interface DigestRelation {
  /** What follows FROM. */
  from: string;
  /** By name. */
  types: ReadonlyMap<string, string>;
}

type Selection = Pick<MetricsQuestion, "where" | "before">;
type RowSelection = Pick<BucketsQuestion, "columns" | "key" | "buckets"> & Selection;

/** NULL in the text of a row or key. No other text of a value is like it: those that could have any characters have their length before them. */
const nullText = "'~'";

/** One row for each bucket: its number, rows, checksum, rows with a NULL key, duplicates (or NULL), then NULLs, sum, minimum and maximum of each column. */
export function bucketsSql(dialect: DigestDialect, relation: DigestRelation, question: BucketsQuestion): string {
  const { checksum: checksumOf, asText, quote, fence } = dialect;
  const parts = rowParts(dialect, relation, question);
  const { keys } = parts;
  const planned = question.statistics === false ? [] : columnsOf(dialect, relation, question.columns);
  const counts = question.count_duplicates === true && keys.length > 0;
  const own = (name: string): string => quote(unusedName(name, relation));
  const [bucket, checksum, identity] = [own("tapline_bucket"), own("tapline_checksum"), own("tapline_identity")];
  // The texts of a row are made below, so that a database that sorts or hashes by bucket handles one number for them.
  const read = [
    `${parts.bucket} AS ${bucket}`,
    `${checksumOf(parts.row)} AS ${checksum}`,
    ...(counts ? [`${parts.identity} AS ${identity}`] : []),
    ...new Set([...keys, ...planned].map(({ value }) => value.name)),
  ];
  const list = [
    ...[bucket, "count(*)", `sum(${checksum})`, nullKeysSql(keys)],
    counts ? `count(${identity}) - count(DISTINCT ${identity})` : "NULL",
    ...planned.flatMap(statisticsOf(dialect)),
  ];
  const rows = `SELECT ${read.join(",\n    ")}\n  FROM ${relation.from}${whereSql(dialect, question)}${fence}`;
  return `SELECT ${list.map(asText).join(",\n  ")}\nFROM (\n  ${rows}\n) AS tapline_rows\nGROUP BY ${bucket}`;
}

function unusedName(name: string, relation: DigestRelation): string {
  const used = new Set([...relation.types.keys()].map((each) => each.toLowerCase()));
  return used.has(name) ? unusedName(`${name}_`, relation) : name;
}

function nullKeysSql(keys: readonly PlannedColumn[]): string {
  const names = keys.map(({ value }) => value.name);
  if (names.length < 2) return names.length === 0 ? "0" : `count(*) - count(${names[0]})`;
  return `sum(CASE WHEN ${names.map((name) => `${name} IS NULL`).join(" OR ")} THEN 1 ELSE 0 END)`;
}

/** One row for each row of the buckets, sorted by the first column: the MD5 of its key (or of the row, where there is no key), then its texts. */
export function rowsSql(dialect: DigestDialect, relation: DigestRelation, question: RowsQuestion): string {
  const { md5, text, sortable } = dialect;
  const parts = rowParts(dialect, relation, question);
  const texts = columnsOf(dialect, relation, question.columns).map(({ value, column: { tolerance: _, ...column } }) => text(value, column));
  const only = question.only.length === question.buckets ? [] : [`${parts.bucket} IN (${question.only.join(", ") || "-1"})`];
  const hash = sortable(md5(parts.keyText ?? parts.row));
  return `SELECT ${[hash, ...texts].join(",\n  ")}\nFROM ${relation.from}${whereSql(dialect, question, only)}\nORDER BY 1`;
}

/** One row for each group: the groups' texts, then the value. */
export function metricSql(
  dialect: DigestDialect,
  relation: DigestRelation,
  question: Selection,
  { sql, aggregate, column, by = [] }: Omit<MetricQuestion, "name">,
): string {
  const { asText, quote, text } = dialect;
  const [measured] = column === undefined ? [] : columnsOf(dialect, relation, [column]);
  const value = measured === undefined || aggregate === undefined ? `(${sql ?? "count(*)"})` : aggregateOf(dialect, aggregate, measured);
  const groups = by.map((each) => {
    if (typeof each === "string") return relation.types.has(each) ? asText(quote(each)) : asText(`(${each})`);
    const [planned] = columnsOf(dialect, relation, [each]);
    return text((planned as PlannedColumn).value, each);
  });
  const group = groups.length === 0 ? "" : `\nGROUP BY ${groups.join(", ")}`;
  return `SELECT ${[...groups, asText(value)].join(", ")}\nFROM ${relation.from}${whereSql(dialect, question)}${group}`;
}

function aggregateOf(
  { statistics, text }: DigestDialect,
  aggregate: NonNullable<MetricQuestion["aggregate"]>,
  { value, column }: PlannedColumn,
): string {
  if (aggregate === "count") return `count(${value.name})`;
  if (aggregate === "count_distinct") return `count(DISTINCT ${text(value, column)})`;
  return (column.kind === "text" ? undefined : statistics(value, column)[aggregate]) ?? `${aggregate}(${value.name})`;
}

/** One row: how many rows refer to a row that is not in the other table. */
export function orphansSql(
  { quote, asText }: DigestDialect,
  relation: DigestRelation,
  other: DigestRelation,
  columns: readonly string[],
  others: readonly string[],
): string {
  const own = columns.map((name) => `here.${quote(name)}`);
  const same = own.map((name, index) => `there.${quote(others[index] as string)} = ${name}`).join(" AND ");
  const present = own.map((name) => `${name} IS NOT NULL`).join(" AND ");
  return `SELECT ${asText("count(*)")} FROM ${relation.from} AS here WHERE ${present} AND NOT EXISTS (SELECT 1 FROM ${other.from} AS there WHERE ${same})`;
}

interface PlannedColumn {
  value: DigestValue;
  column: DigestColumn;
}

function columnsOf({ quote }: DigestDialect, { types }: DigestRelation, columns: readonly DigestColumn[]): PlannedColumn[] {
  return columns.map((column) => ({ value: { name: quote(column.name), type: types.get(column.name) ?? "" }, column }));
}

function rowParts(dialect: DigestDialect, relation: DigestRelation, { columns, key, buckets }: RowSelection) {
  const { checksum, lastBits, join } = dialect;
  const planned = columnsOf(dialect, relation, columns);
  const keys = key.map((name) => planned.find(({ column }) => column.name === name) as PlannedColumn);
  const cell = cellOf(dialect);
  const row = join(planned.map(cell));
  const keyText = keys.length === 0 ? undefined : join(keys.map(cell));
  const mask = buckets - 1;
  const [only] = keys;
  // The bucket of an integer costs nothing, while an MD5 costs as much as the text of three columns.
  const isInteger = keys.length === 1 && only?.column.kind === "integer";
  const identity = isInteger ? (only as PlannedColumn).value.name : checksum(keyText ?? row);
  return { keys, row, keyText, identity, bucket: lastBits(isInteger ? `coalesce(${identity}, 0)` : identity, mask) };
}

/** Of kinds whose texts can have any characters. */
const isFree = (kind: DigestColumn["kind"]): boolean => kind === "text" || kind === "padded" || kind === "json";

const cellOf =
  ({ text, withLength }: DigestDialect) =>
  ({ value, column }: PlannedColumn): string => {
    const own = text(value, column);
    return `coalesce(${isFree(column.kind) ? withLength(own) : own}, ${nullText})`;
  };

const statisticsOf =
  ({ statistics }: DigestDialect) =>
  ({ value, column }: PlannedColumn): string[] => {
    const { sum = "NULL", min = "NULL", max = "NULL" } = statistics(value, column);
    return [`count(*) - count(${value.name})`, sum, min, max];
  };

function whereSql({ quote, literal }: DigestDialect, { where, before }: Selection, more: readonly string[] = []): string {
  const bound = before === undefined ? [] : [`${quote(before.column)} < ${literal(before.value)}`];
  const conditions = [...(where === undefined ? [] : [`(${where}\n)`]), ...bound, ...more];
  return conditions.length === 0 ? "" : `\nWHERE ${conditions.join(" AND ")}`;
}
