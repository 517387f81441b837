/**
 * Checks of data, as the runner hands them to a target: in the settings `checks` (of rows) and `commit_checks` (of tables, before the commit) for
 * a load, in the file of `--check FILE` for what is in its tables (capability `check`). And how a target reports them: events of a load,
 * JSON lines for `--check`.
 */
import { type Static, Type } from "../type.ts";
import { compareDecimals } from "../wire/decimal.ts";
import { isObject } from "../wire/json.ts";

const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);
const bound = Type.Union([Type.Number(), Type.String()]);
const column = Type.String({ minLength: 1, description: "A property of the stream" });
const limits = { min: Type.Optional(bound), max: Type.Optional(bound) };

const common = {
  id: Type.String({ description: "Unique among the checks of a step" }),
  stream: Type.String(),
  on_fail: Type.Enum(["warn", "stop"]),
  show_values: Type.Boolean({ description: "Whether faulty values may be told" }),
  keys: Type.Array(Type.String(), { description: "Columns that tell which row is faulty" }),
};

const rules = {
  not_null: Type.Object({ ...common, rule: Type.Literal("not_null"), column }),
  accepted_values: Type.Object({ ...common, rule: Type.Literal("accepted_values"), column, values: Type.Array(scalar) }),
  range: Type.Object({ ...common, rule: Type.Literal("range"), column, ...limits }),
  matches: Type.Object({ ...common, rule: Type.Literal("matches"), column, pattern: Type.String() }),
  unique: Type.Object({ ...common, rule: Type.Literal("unique"), columns: Type.Array(column, { minItems: 1 }) }),
  row_count: Type.Object({
    ...common,
    rule: Type.Literal("row_count"),
    of: Type.Optional(Type.Literal("run", { description: "The rows that the load brought, not those of the table" })),
    ...limits,
  }),
  freshness: Type.Object({ ...common, rule: Type.Literal("freshness"), column, max_age_seconds: Type.Number() }),
  sum: Type.Object({ ...common, rule: Type.Literal("sum"), column, ...limits }),
  foreign_key: Type.Object({ ...common, rule: Type.Literal("foreign_key"), column, to_stream: Type.String(), to_column: Type.String() }),
  sql: Type.Object({
    ...common,
    rule: Type.Literal("sql"),
    sql: Type.String({ description: "One statement that returns the faulty rows" }),
  }),
};

export type CheckRule = keyof typeof rules;

export const checkSchema = Type.Union([
  rules.not_null,
  rules.accepted_values,
  rules.range,
  rules.matches,
  rules.unique,
  rules.row_count,
  rules.freshness,
  rules.sum,
  rules.foreign_key,
  rules.sql,
]);

/** One rule about one column, or about the columns or the rows of one stream. */
export type Check = Static<typeof checkSchema>;
export type CheckOf<R extends CheckRule> = Extract<Check, { rule: R }>;

/** Rules that can be decided row by row while rows arrive. The others need the table. */
export const rowRules = ["not_null", "accepted_values", "range", "matches", "unique"] as const;
export type RowRule = (typeof rowRules)[number];

export function isRowCheck(check: Check): check is CheckOf<RowRule> {
  return (rowRules as readonly string[]).includes(check.rule);
}

/** The columns that a check is about; [] where it is about rows as a whole. */
export function columnsOfCheck(check: Check): readonly string[] {
  if ("columns" in check) return check.columns;
  return "column" in check ? [check.column] : [];
}

const faultyRow = Type.Object({
  keys: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "The row's keys" })),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer({ description: "In the file, or in the target's input" })),
  values: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "Only with show_values" })),
});

/** Where a faulty row is. */
export type FaultyRow = Static<typeof faultyRow>;

const checkFound = {
  id: Type.String(),
  status: Type.Enum(["passed", "failed", "not_run"]),
  rows: Type.Optional(Type.Integer({ minimum: 0, description: "Rows that were looked at" })),
  failed: Type.Optional(Type.Integer({ minimum: 0, description: "Rows that are faulty" })),
  found: Type.Optional(Type.String({ description: "What was measured, such as a number of rows, a sum, an age" })),
  first: Type.Array(faultyRow, { description: "The first faulty rows" }),
  reason: Type.Optional(Type.String({ description: "Why it could not be run" })),
};

export const checkFoundSchema = Type.Object(checkFound, {
  description: "A line of what a target prints for --check FILE: one for each check",
});

/** What one check found. */
export type CheckFound = Static<typeof checkFoundSchema>;

export const checkEventSchema = Type.Object(
  { type: Type.Literal("check"), ...checkFound },
  {
    description:
      "What a check of rows has found so far in rows that are durable, after each commit that changed it and at every end; each line replaces the one before",
  },
);

export const checkQuestionSchema = Type.Object({ checks: Type.Array(checkSchema) }, { description: "What the file of --check FILE holds" });

/** How many faulty rows are told. */
export const mostFaultyRows = 5;

/** undefined where the value holds no checks. */
export function readChecks(value: unknown): Check[] | undefined {
  if (!isObject(value) || !Array.isArray(value.checks)) return undefined;
  const isCheck = (each: unknown): boolean =>
    isObject(each) && typeof each.id === "string" && typeof each.stream === "string" && Object.hasOwn(rules, String(each.rule));
  return value.checks.every(isCheck) ? value.checks : undefined;
}

/** undefined where the value is not what a check found. */
export function readCheckFound(value: unknown): CheckFound | undefined {
  if (!isObject(value)) return undefined;
  const { id, status, rows, failed, found, first, reason } = value;
  if (typeof id !== "string" || (status !== "passed" && status !== "failed" && status !== "not_run")) return undefined;
  const isCount = (number: unknown): number is number => Number.isSafeInteger(number) && (number as number) >= 0;
  return {
    id,
    status,
    ...(isCount(rows) && { rows }),
    ...(isCount(failed) && { failed }),
    ...(typeof found === "string" && { found }),
    first: Array.isArray(first) ? first.filter(isObject).map((each) => each as FaultyRow) : [],
    ...(typeof reason === "string" && { reason }),
  };
}

/** What a check of a number found: whether it lies within the bounds. */
export function numberFound(id: string, found: string, { min, max }: { min?: number | string; max?: number | string }): CheckFound {
  const isOutside =
    (min !== undefined && compareDecimals(found, String(min)) < 0) || (max !== undefined && compareDecimals(found, String(max)) > 0);
  return { id, status: isOutside ? "failed" : "passed", found, first: [] };
}

/** Of two lanes of one load: the sum. */
export function addCheckFound(a: CheckFound, b: CheckFound): CheckFound {
  const status = a.status === "failed" || b.status === "failed" ? "failed" : a.status === "not_run" ? b.status : a.status;
  const sum = (x: number | undefined, y: number | undefined): number => (x ?? 0) + (y ?? 0);
  const { reason: _, ...rest } = { ...b, ...a };
  return {
    ...rest,
    status,
    rows: sum(a.rows, b.rows),
    failed: sum(a.failed, b.failed),
    first: [...a.first, ...b.first].slice(0, mostFaultyRows),
  };
}
