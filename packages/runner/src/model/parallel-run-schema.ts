/** The part of tapline.yml about two pipelines that run side by side: what is compared each day, and what the cutover renames. */
import { type Static, Type } from "@tapline/protocol";

const closed = { additionalProperties: false };

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const side = (which: string) =>
  Type.Object(
    {
      target: Type.Optional(
        Type.String({ minLength: 1, description: "The plugin whose database it is. Default: the project's only target." }),
      ),
      schema: Type.String({ minLength: 1, description: "The schema of its tables." }),
    },
    { ...closed, description: `Where the ${which} pipeline writes.` },
  );

const metric = Type.Object(
  {
    value: Type.String({ pattern: "\\S", description: "An aggregate in the SQL of both databases: sum(revenue)." }),
    by: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: "Columns to group by. Default: one total." })),
    tolerance: Type.Optional(Type.Number({ minimum: 0, description: "How far the two totals may be apart. Default: 0." })),
  },
  { ...closed, description: "A total that both sides must agree on." },
);

const table = Type.Object(
  {
    old: Type.Optional(Type.String({ minLength: 1, description: "The table's name on the old side, where it differs." })),
    keys: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: "Columns that identify a row." })),
    metrics: Type.Optional(Type.Array(metric)),
    exclude: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { description: "Columns that may differ, such as the time of the load." }),
    ),
    tolerances: Type.Optional(
      Type.Record(Type.String(), Type.Number({ exclusiveMinimum: 0 }), { description: "How far the numbers of a column may be apart." }),
    ),
  },
  { ...closed, description: "A table that both pipelines write." },
);

const cutover = Type.Object(
  {
    rename: Type.Record(Type.String({ minLength: 1 }), Type.String({ minLength: 1 }), {
      description: "Schemas and their names after the cutover: { analytics_legacy: analytics_archive, analytics_new: analytics }.",
    }),
    grants: Type.Optional(
      Type.Enum(["keep", "copy"], {
        description:
          "keep (default): each schema keeps its rights. copy: who may read the old schema may also read the new one, and tables that are made in it later.",
      }),
    ),
    lock_timeout_ms: Type.Optional(
      Type.Integer({ minimum: 1, description: "How long it waits for transactions that write. Default: 5000." }),
    ),
  },
  { ...closed, description: "What `tapline cutover` renames. PostgreSQL only." },
);

const parallelRun = Type.Object(
  {
    old: side("old"),
    new: side("new"),
    tables: Type.Record(Type.String({ minLength: 1 }), table, { description: "What is compared, by the table's name on the new side." }),
    clean_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, description: "Clean days in a row before a cutover. Default: 5." })),
    sign_offs: Type.Optional(Type.Integer({ minimum: 0, maximum: 20, description: "People who must sign off. Default: 1." })),
    days: Type.Optional(
      Type.Array(Type.Enum([...weekdays]), { minItems: 1, description: "Days of the week on which the pipelines load. Default: all." }),
    ),
    timezone: Type.Optional(Type.String({ minLength: 1, description: "Where the days begin at midnight. Default: UTC." })),
    cutover: Type.Optional(cutover),
  },
  closed,
);

export const parallelRuns = Type.Record(Type.String({ pattern: "^[A-Za-z0-9][\\w.-]*$" }), parallelRun, {
  description: "Two pipelines side by side, by the name of the job that is the new one: tapline parallel-run, tapline cutover.",
});

export type ParallelRunEntry = Static<typeof parallelRun>;
export type ParallelTable = Static<typeof table>;
export type Metric = Static<typeof metric>;
export type Weekday = (typeof weekdays)[number];
