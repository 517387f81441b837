/** The part of tapline.yml about `tapline ci`: what a change of the project is tried with, and how its result is compared with that of another branch. */
import { type Static, Type } from "@tapline/protocol";

const strict = { additionalProperties: false };
const column = Type.String({ minLength: 1 });

const table = Type.Object(
  {
    key: Type.Optional(
      Type.Array(column, { description: "Columns that identify a row. Default: those of the stream, or of a unique test of dbt." }),
    ),
    exclude: Type.Optional(Type.Array(column, { description: "Columns not to compare, such as the time of the load." })),
    tolerance: Type.Optional(
      Type.Record(Type.String(), Type.Number({ exclusiveMinimum: 0 }), {
        description: "By column of numbers: how far two values may be apart.",
      }),
    ),
  },
  strict,
);

export const ciSettings = Type.Object(
  {
    jobs: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: "The jobs to run, in this order. Default: all." }),
    ),
    environment: Type.Optional(
      Type.String({
        minLength: 1,
        description: "The environment whose settings taps and dbt get, such as one with sample files. Default: the usual one.",
      }),
    ),
    base: Type.Optional(Type.String({ minLength: 1, description: "The branch to compare with. Default: main." })),
    rows: Type.Optional(Type.Integer({ minimum: 1, description: "The most rows of each stream. Default: 10000." })),
    scratch: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "A target of PostgreSQL: each side gets a database of its own beside that of its settings, which is dropped afterwards. Default: a DuckDB file for each side.",
      }),
    ),
    files: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: "Files and folders that are not in git and that runs need, such as a sample that a script made.",
      }),
    ),
    programs: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: "Programs in jobs, beside dbt, that may run. Others are left out: nobody knows what they write to.",
      }),
    ),
    exclude: Type.Optional(Type.Array(column, { description: "Columns not to compare in any table; * stands for any characters." })),
    tables: Type.Optional(Type.Record(Type.String(), table, { description: "How single tables are compared, by schema.table." })),
  },
  { ...strict, description: "What tapline ci runs, and what it compares with." },
);

export type CiEntry = Static<typeof ciSettings>;
