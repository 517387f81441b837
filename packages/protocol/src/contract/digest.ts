/**
 * How a plugin tells what its tables hold without sending the rows: its answers to `--digest FILE` and `--rows FILE` (capability `digest`).
 * The file holds a question, the answer is JSON lines. The same rows give the same answer in every database, because each value is
 * hashed as a text that does not depend on the database: see docs/reference/verify.md for the texts.
 *
 * `--digest -` reads questions from stdin, a line each, and answers one after the other, each with its last line; a line with `only` is one
 * of `--rows`. The plugin ends with its stdin, or with the first question that fails.
 *
 * 1. `--digest {"tables": "raw.orders"}`: which tables the name means, with their columns, and the kind that each column's values are of.
 * 2. `--digest {"table": …, "columns": …, "key": …, "buckets": 1024}`: rows and checksum of each bucket. One scan of the table.
 * 3. `--rows {…, "only": [7]}`: the rows of some buckets as texts, sorted by the hash of their key. One more scan.
 * 4. `--digest {"table": …, "metrics": […]}`: totals by group, and rows that refer to nothing.
 */
import { type Static, Type } from "../type.ts";
import { isObject } from "../wire/json.ts";

/** What kind of values a column has, whatever its database calls it. `digits`: of a second, in `timestamp`, `instant` and `time`. */
export const digestKinds = [
  "boolean",
  "integer",
  "decimal",
  "real",
  "float",
  "text",
  "padded",
  "uuid",
  "bytes",
  "date",
  "time",
  "timestamp",
  "instant",
  "json",
] as const;

export type DigestKind = (typeof digestKinds)[number];

const kind = Type.Enum(digestKinds, {
  description:
    "boolean: true or false. integer: of at most 64 bits. decimal: exact numbers. real, float: 32 and 64 bits. padded: text whose blanks at the end don't count. timestamp: without zone. instant: a moment. json: also arrays and structs",
});
const digits = Type.Optional(Type.Integer({ minimum: 0, maximum: 9, description: "Of a second: 0, 3, 6 or 9" }));

export const tableNameSchema = Type.Object({
  schema: Type.Optional(Type.String()),
  name: Type.String(),
});

/** A table in its database. */
export type DigestTableName = Static<typeof tableNameSchema>;

const digestColumn = Type.Object({
  name: Type.String(),
  kind,
  digits,
  tolerance: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "Of numbers: values that fall into one step of this width have one checksum. `--rows` gives them as they are",
    }),
  ),
});

export type DigestColumn = Static<typeof digestColumn>;

const selection = {
  table: tableNameSchema,
  where: Type.Optional(Type.String({ description: "A condition in the SQL of the database: only rows that meet it" })),
  before: Type.Optional(
    Type.Object(
      { column: Type.String(), value: Type.String() },
      { description: "Only rows with a smaller value in this column, such as those before a moment" },
    ),
  ),
  workers: Type.Optional(Type.Integer({ minimum: 1, description: "Threads or processes of the database. Default: its own choice" })),
  snapshot: Type.Optional(Type.String({ description: "PostgreSQL: the exported snapshot to read" })),
};

const buckets = Type.Integer({
  minimum: 1,
  maximum: 65536,
  description:
    "A power of two. A row's bucket: the last bits of its key where that is one integer, or else of the first 64 bits of the MD5 of its key's text, or of the row's where there is no key",
});

const rowSelection = {
  ...selection,
  columns: Type.Array(digestColumn, { minItems: 1, description: "The columns that are compared, in an order that both sides share" }),
  key: Type.Array(Type.String(), { description: "Those of the columns that identify a row; [] compares rows as a whole" }),
  buckets,
};

const metric = Type.Object({
  name: Type.String(),
  sql: Type.Optional(Type.String({ description: "An aggregate in the SQL of the database: sum(amount), count(*)" })),
  aggregate: Type.Optional(Type.Enum(["count", "count_distinct", "sum", "min", "max"])),
  column: Type.Optional(digestColumn),
  by: Type.Optional(Type.Array(Type.Union([Type.String(), digestColumn]), { description: "Columns or expressions to group by" })),
});

const orphans = Type.Object({
  name: Type.String(),
  columns: Type.Array(Type.String(), { minItems: 1 }),
  to: tableNameSchema,
  to_columns: Type.Array(Type.String(), { minItems: 1 }),
});

export const tablesQuestionSchema = Type.Object({
  tables: Type.String({ description: "A table (raw.orders), a schema (raw), a pattern of tables (raw.*), or * for all of the database" }),
});

export const bucketsQuestionSchema = Type.Object({
  ...rowSelection,
  count_duplicates: Type.Optional(Type.Boolean({ description: "Also count rows whose key another row has" })),
  statistics: Type.Optional(Type.Boolean({ description: "Also NULLs, sum, minimum and maximum of each column. Default: true" })),
});

export const metricsQuestionSchema = Type.Object({
  ...selection,
  metrics: Type.Optional(Type.Array(metric)),
  orphans: Type.Optional(
    Type.Array(orphans, { description: "Rows whose columns are no row's in another table; rows with a NULL there don't count" }),
  ),
});

export const digestQuestionSchema = Type.Union([tablesQuestionSchema, bucketsQuestionSchema, metricsQuestionSchema], {
  description: "What the file of --digest FILE holds",
});

export const rowsQuestionSchema = Type.Object(
  {
    ...rowSelection,
    only: Type.Array(Type.Integer({ minimum: 0 }), { description: "The buckets whose rows to print" }),
  },
  { description: "What the file of --rows FILE holds" },
);

export type TablesQuestion = Static<typeof tablesQuestionSchema>;
export type BucketsQuestion = Static<typeof bucketsQuestionSchema>;
export type MetricsQuestion = Static<typeof metricsQuestionSchema>;
export type DigestQuestion = Static<typeof digestQuestionSchema>;
export type RowsQuestion = Static<typeof rowsQuestionSchema>;
export type MetricQuestion = Static<typeof metric>;
export type OrphansQuestion = Static<typeof orphans>;

/** undefined where the value is no question. The plugin's database checks the names in it. */
export function readDigestQuestion(value: unknown): DigestQuestion | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value.tables === "string") return value as TablesQuestion;
  if (!isTableName(value.table)) return undefined;
  if (Array.isArray(value.metrics) || Array.isArray(value.orphans)) return value as MetricsQuestion;
  return isRowSelection(value) ? (value as unknown as BucketsQuestion) : undefined;
}

/** undefined where the value is no question. */
export function readRowsQuestion(value: unknown): RowsQuestion | undefined {
  if (!isObject(value) || !isTableName(value.table) || !isRowSelection(value)) return undefined;
  return Array.isArray(value.only) && value.only.every((bucket) => isCount(bucket)) ? (value as unknown as RowsQuestion) : undefined;
}

function isRowSelection({ columns, key, buckets: count }: Record<string, unknown>): boolean {
  if (!Array.isArray(columns) || columns.length === 0 || !columns.every(isDigestColumn)) return false;
  const names = new Set(columns.map(({ name }: DigestColumn) => name));
  if (!Array.isArray(key) || !key.every((name) => names.has(name as string))) return false;
  return isCount(count) && count >= 1 && count <= 65536 && (count & (count - 1)) === 0;
}

const isDigestColumn = (value: unknown): boolean =>
  isObject(value) && typeof value.name === "string" && isKind(value.kind) && (value.tolerance === undefined || Number(value.tolerance) > 0);

export const isTableName = (value: unknown): value is DigestTableName =>
  isObject(value) && typeof value.name === "string" && (value.schema === undefined || typeof value.schema === "string");

const isKind = (value: unknown): value is DigestKind => (digestKinds as readonly unknown[]).includes(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
