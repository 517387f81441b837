/** What a verification found, as it is shown, stored and printed with --json. */
import { type Static, Type } from "@tapline/protocol";

const text = Type.Union([Type.String(), Type.Null()]);
const count = Type.Integer({ minimum: 0 });
const sides = <T extends Parameters<typeof Type.Optional>[0]>(value: T) => Type.Object({ here: value, there: value });

const place = Type.Object({
  plugin: Type.String(),
  environment: Type.String(),
  table: Type.String({ description: "As the database names it" }),
});

const statistics = Type.Object({ nulls: count, sum: Type.Optional(text), min: Type.Optional(text), max: Type.Optional(text) });

const column = Type.Object({
  here: Type.String(),
  there: Type.String({ description: "Its name on the second side" }),
  kind: Type.String({ description: "As what its values are compared" }),
  types: sides(Type.String()),
  tolerance: Type.Optional(Type.Number()),
  differing: Type.Integer({ minimum: 0, description: "Rows that are on both sides and differ in it" }),
  statistics: Type.Optional(Type.Object({ here: Type.Union([statistics, Type.Null()]), there: Type.Union([statistics, Type.Null()]) })),
});

const finding = Type.Object({
  level: Type.Enum(["difference", "warning", "note"]),
  code: Type.String({ description: "column_missing, not_comparable, duplicate_keys, null_keys, nullability, key, kind, …" }),
  message: Type.String(),
});

const example = Type.Object({
  what: Type.Enum(["only_here", "only_there", "differing"]),
  key: Type.Record(Type.String(), text, {
    description: "The row's key by the names of the first side; {} where rows are compared as a whole",
  }),
  columns: Type.Array(Type.String(), { description: "In which columns it differs" }),
  values: Type.Optional(Type.Record(Type.String(), Type.Object({ here: Type.Optional(text), there: Type.Optional(text) }))),
});

const metric = Type.Object({
  name: Type.String(),
  group: Type.Array(text),
  here: text,
  there: text,
  equal: Type.Boolean(),
});

export const tableReportSchema = Type.Object({
  name: Type.String({ description: "The table's name on the first side" }),
  here: place,
  there: place,
  verdict: Type.Enum(["equal", "different", "failed"]),
  key: Type.Array(Type.String(), { description: "By which rows were matched; []: rows were compared as a whole" }),
  rows: sides(count),
  only_here: count,
  only_there: count,
  differing: count,
  columns: Type.Array(column),
  findings: Type.Array(finding),
  examples: Type.Array(example),
  metrics: Type.Array(metric),
  buckets: Type.Object({ all: count, differing: count }),
  rechecked: Type.Optional(
    Type.Object(
      { after_seconds: Type.Number(), went: count },
      { description: "How many rows no longer differed when they were read again" },
    ),
  ),
  seconds: Type.Number(),
  failure: Type.Optional(
    Type.Object({
      class: Type.Optional(Type.String({ description: "config: something was named or set wrong" })),
      plugin: Type.String(),
      code: Type.String(),
      message: Type.String(),
      hint: Type.Optional(Type.String()),
    }),
  ),
});

export type TableReport = Static<typeof tableReportSchema>;
export type VerifyFinding = Static<typeof finding>;
export type Example = Static<typeof example>;
export type MetricReport = Static<typeof metric>;
export type ColumnReport = Static<typeof column>;

export const verifyReportSchema = Type.Object(
  {
    verdict: Type.Enum(["equal", "different", "failed"], { description: "failed: a table could not be compared" }),
    started_at: Type.String(),
    seconds: Type.Number(),
    tables: Type.Array(tableReportSchema),
    unmatched: sides(Type.Array(Type.String(), { description: "Tables that the other side does not have; they count as a difference" })),
  },
  { description: "What tapline verify found" },
);

export type VerifyReport = Static<typeof verifyReportSchema>;
