/** Checks in tapline.yml: rules for the rows of a stream, of a job or of one of its steps. */
import { type Static, Type } from "@tapline/protocol";

const column = Type.String({ minLength: 1 });
const bound = Type.Union([Type.Number(), Type.String({ minLength: 1 })]);
const limits = {
  min: Type.Optional(bound),
  max: Type.Optional(bound),
};
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);
const strict = { additionalProperties: false };

const rules = {
  not_null: Type.Optional(Type.Array(column, { minItems: 1, description: "Columns that have a value in every row." })),
  accepted_values: Type.Optional(
    Type.Record(Type.String(), Type.Array(scalar, { minItems: 1 }), {
      description: "By column: the only values there may be, besides NULL.",
    }),
  ),
  range: Type.Optional(
    Type.Record(Type.String(), Type.Object(limits, strict), {
      description: "By column: min and max, which are allowed themselves. Numbers, dates and times as text, or other text.",
    }),
  ),
  matches: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: "By column: a regular expression that each value matches whole, without look-around and back-references.",
    }),
  ),
  unique: Type.Optional(
    Type.Array(column, { minItems: 1, description: "Columns that no two rows have the same values in; several count together." }),
  ),
  row_count: Type.Optional(
    Type.Object(
      {
        of: Type.Optional(
          Type.Enum(["table", "run"], { description: "table (default): the rows that are there. run: the rows that this run loaded." }),
        ),
        min: Type.Optional(Type.Integer({ minimum: 0 })),
        max: Type.Optional(Type.Integer({ minimum: 0 })),
        last_runs: Type.Optional(
          Type.Integer({ minimum: 1, maximum: 100, description: "Compare with the mean of so many successful runs before." }),
        ),
        change: Type.Optional(
          Type.String({
            pattern: "^[0-9]+(\\.[0-9]+)?%$",
            description: 'With last_runs: how far the number may be from the mean, such as "50%".',
          }),
        ),
      },
      { ...strict, description: "How many rows there may be." },
    ),
  ),
  freshness: Type.Optional(
    Type.Object(
      {
        column: Type.Optional(
          Type.String({ minLength: 1, description: "A date or time. Default: _sdc_batched_at, when the newest row was loaded." }),
        ),
        max_age: Type.String({
          pattern: "^[0-9]+(\\.[0-9]+)? ?(s|m|h|d)$",
          description: 'How old the newest value may be: "90s", "30m", "26h", "2d".',
        }),
      },
      strict,
    ),
  ),
  sum: Type.Optional(
    Type.Record(Type.String(), Type.Object(limits, strict), { description: "By column: min and max of the sum of all rows." }),
  ),
  foreign_key: Type.Optional(
    Type.Record(Type.String(), Type.Object({ stream: Type.String({ minLength: 1 }), column }, strict), {
      description: "By column: the stream and the column in whose table each value is found.",
    }),
  ),
  sql: Type.Optional(
    Type.String({
      pattern: "\\S",
      description: "A query in the SQL of the database that returns the faulty rows; none means that all is well.",
    }),
  ),
};

const check = Type.Object(
  {
    stream: Type.Optional(Type.String({ minLength: 1, description: "The stream that the rules are about. Only sql can do without." })),
    ...rules,
    name: Type.Optional(Type.String({ minLength: 1, description: "The name shown. Default: stream, rule and columns." })),
    when: Type.Optional(
      Type.Enum(["before", "commit", "after"], {
        description:
          "before: the rows that arrive are looked at before they are loaded (not_null, accepted_values, range, matches, unique). after: the tables are, once the load is done. commit: the tables are, with all rows of the run in them, before these are committed; the run then has one commit. Default: before where the rule can, else after.",
      }),
    ),
    on_fail: Type.Optional(
      Type.Enum(["stop", "warn"], {
        description: "stop (default): the run fails, and steps that wait for this one do not start. warn: it ends with a warning.",
      }),
    ),
    show_values: Type.Optional(
      Type.Boolean({ description: "Whether faulty values are shown, in the run's output and its history. Default: false." }),
    ),
  },
  { additionalProperties: false },
);

export const checks = Type.Array(check, {
  description: "Rules that the data must keep. Those of a job belong to its only pipe; where it has several, write them at the steps.",
});

export type CheckEntry = Static<typeof check>;
export type RuleName = keyof typeof rules;
export const ruleNames = Object.keys(rules) as RuleName[];
