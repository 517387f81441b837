/** What is to be verified: tables of two databases and how they are compared, as tapline.yml has it under `verify`, by name. */
import { digestKinds, type Static, Type } from "@tapline/protocol";

const strict = { additionalProperties: false };
const column = Type.String({ minLength: 1 });
const place = Type.String({
  pattern: "@",
  description:
    "NAME@PLUGIN: a table (raw.orders@warehouse), a schema (raw@warehouse) or a pattern (raw.*@warehouse) in the database of a plugin; NAME@PLUGIN:ENVIRONMENT of another environment.",
});
const both = <T extends Parameters<typeof Type.Optional>[0]>(value: T) =>
  Type.Union([value, Type.Object({ here: Type.Optional(value), there: Type.Optional(value) }, strict)]);

const metric = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    sql: Type.Optional(both(Type.String({ minLength: 1 }))),
    column: Type.Optional(column),
    aggregate: Type.Optional(Type.Enum(["count", "count_distinct", "sum", "min", "max"])),
    by: Type.Optional(Type.Array(column, { description: "Columns to group by." })),
    tolerance: Type.Optional(Type.Number({ minimum: 0, description: "How far the two may be apart. Default: 0." })),
  },
  { ...strict, description: "A total, of all rows or by group: an aggregate in SQL, or an aggregate of a column." },
);

const reference = Type.Object(
  { columns: Type.Array(column, { minItems: 1 }), to: both(column), to_columns: Type.Array(column, { minItems: 1 }) },
  { ...strict, description: "Rows that refer to a row that is not there are counted on both sides." },
);

/** How tables are compared. */
export const comparison = {
  key: Type.Optional(
    Type.Array(column, { description: "Columns that identify a row. Default: the primary key. []: rows are compared as a whole." }),
  ),
  columns: Type.Optional(Type.Array(column, { minItems: 1, description: "Compare only these, and the key." })),
  exclude: Type.Optional(Type.Array(column, { description: "Columns not to compare; * stands for any characters." })),
  rename: Type.Optional(Type.Record(Type.String(), column, { description: "Columns that have another name on the second side." })),
  as: Type.Optional(
    Type.Record(Type.String(), Type.Enum(digestKinds), {
      description: "By column: compare the values as this kind.",
    }),
  ),
  tolerance: Type.Optional(
    Type.Record(Type.String(), Type.Number({ exclusiveMinimum: 0 }), {
      description: "By column of numbers: how far two values may be apart.",
    }),
  ),
  where: Type.Optional(both(Type.String({ minLength: 1 }))),
  before: Type.Optional(
    Type.Object(
      { column, value: Type.String({ minLength: 1 }) },
      { ...strict, description: "Only rows with a smaller value in this column: what later loads bring does not count." },
    ),
  ),
  metrics: Type.Optional(Type.Array(metric)),
  references: Type.Optional(Type.Array(reference)),
  schema: Type.Optional(
    Type.Enum(["columns", "strict", "off"], {
      description:
        "What counts as a difference of the tables themselves. columns (default): a column that only one has. strict: also another kind of values, NULL allowed on one side only, another key. off: nothing.",
    }),
  ),
};

const entry = Type.Object(
  {
    here: place,
    there: place,
    tables: Type.Optional(
      Type.Record(Type.String(), Type.Object(comparison, strict), {
        description: "Of a schema or pattern: changes for single tables, by name.",
      }),
    ),
    ...comparison,
  },
  strict,
);

export const verifySettings = Type.Record(Type.String(), entry, {
  description: "Comparisons of tables in two databases, by name: tapline verify NAME.",
});

const comparisonSchema = Type.Object(comparison);
export type Comparison = Static<typeof comparisonSchema>;
export type VerifyEntry = Static<typeof entry>;
export type VerifyMetric = Static<typeof metric>;
export type VerifyReference = Static<typeof reference>;
/** A value for both sides, or one for each. */
export type OfBoth<T> = T | { here?: T; there?: T };
