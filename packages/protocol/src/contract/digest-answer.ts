/** The lines of the answers to `--digest FILE` and `--rows FILE`: see `digest.ts`. An answer without its last line is cut. */
import { type Static, Type } from "../type.ts";
import { isObject, readJson, readObject } from "../wire/json.ts";
import { digestKinds, isTableName, tableNameSchema } from "./digest.ts";

const describedColumn = Type.Object({
  name: Type.String(),
  type: Type.String({ description: "As the database spells it" }),
  kind: Type.Union([Type.Enum(digestKinds), Type.Null()], { description: "null: only its text can be compared" }),
  digits: Type.Optional(Type.Integer({ description: "Of a second" })),
  nullable: Type.Boolean(),
});

export type DescribedColumn = Static<typeof describedColumn>;

const describedTable = Type.Object({
  table: tableNameSchema,
  label: Type.String({ description: "The table as a person names it" }),
  columns: Type.Array(describedColumn),
  key: Type.Array(Type.String(), { description: "Columns that identify a row, if the database or the load knows any" }),
  unique: Type.Boolean({ description: "The database keeps the key unique and without NULL" }),
  rows: Type.Optional(Type.Integer({ minimum: 0, description: "About how many, where that is known without counting" })),
});

export type DescribedTable = Static<typeof describedTable>;

const text = Type.Union([Type.String(), Type.Null()]);

const columnStatistics = Type.Object({
  nulls: Type.Integer({ minimum: 0 }),
  sum: Type.Optional(text),
  min: Type.Optional(text),
  max: Type.Optional(text),
});

/** Numbers are texts with all digits. Without `sum`, `min`, `max`: the kind has none. null: there is no value. */
export type ColumnStatistics = Static<typeof columnStatistics>;

const bucketLine = Type.Object({
  bucket: Type.Integer({ minimum: 0 }),
  rows: Type.Integer({ minimum: 1 }),
  checksum: Type.String({ description: "The first 64 bits of the MD5 of each row's text, as a number; their sum modulo 2^64" }),
  null_keys: Type.Integer({ minimum: 0, description: "Rows with a NULL in their key" }),
  duplicates: Type.Optional(Type.Integer({ minimum: 0, description: "Rows less different keys" })),
  columns: Type.Optional(Type.Array(columnStatistics, { description: "In the order of the question" })),
});

export type BucketLine = Static<typeof bucketLine>;

const metricLine = Type.Object({
  metric: Type.String(),
  group: Type.Array(text),
  value: text,
});

export type MetricLine = Static<typeof metricLine>;

const endLine = Type.Object({ rows: Type.Integer({ minimum: 0 }) }, { description: "The last line: how many rows the answer is about" });

export const digestAnswerSchema = Type.Union([describedTable, bucketLine, metricLine, endLine], {
  description: "A line of what a plugin prints for --digest FILE",
});

export type DigestLine = Static<typeof digestAnswerSchema>;

export const rowsAnswerSchema = Type.Union(
  [
    Type.Array(text, {
      description: "A row: the MD5 of its key in hexadecimal, then the text of each column in the order of the question",
    }),
    endLine,
  ],
  { description: "A line of what a plugin prints for --rows FILE" },
);

export type RowsLine = Static<typeof rowsAnswerSchema>;

export type ReadDigestLine =
  | { kind: "table"; table: DescribedTable }
  | { kind: "bucket"; bucket: BucketLine }
  | { kind: "metric"; metric: MetricLine }
  | { kind: "end"; rows: number };

export type ReadRowsLine = { kind: "row"; hash: string; cells: (string | null)[] } | { kind: "end"; rows: number };

/** undefined where the text is no line of an answer. */
export function readDigestLine(line: string): ReadDigestLine | undefined {
  const value = readObject(line);
  if (value === undefined) return undefined;
  if (isTableName(value.table) && Array.isArray(value.columns)) return { kind: "table", table: value as unknown as DescribedTable };
  if (Number.isSafeInteger(value.bucket) && /^\d+$/.test(String(value.checksum))) return { kind: "bucket", bucket: value as BucketLine };
  if (typeof value.metric === "string" && Array.isArray(value.group)) return { kind: "metric", metric: value as MetricLine };
  return Number.isSafeInteger(value.rows) ? { kind: "end", rows: value.rows as number } : undefined;
}

/** undefined where the text is no line of an answer. */
export function readRowsLine(line: string): ReadRowsLine | undefined {
  const value = readJson(line);
  if (Array.isArray(value)) {
    const [hash, ...cells] = value;
    return typeof hash === "string" && cells.every((cell) => cell === null || typeof cell === "string")
      ? { kind: "row", hash, cells }
      : undefined;
  }
  return isObject(value) && Number.isSafeInteger(value.rows) ? { kind: "end", rows: value.rows as number } : undefined;
}
