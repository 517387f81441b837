/** The settings of the plugin dbt. */
import { type Static, Type } from "@tapline/sdk";

export const config = Type.Object({
  target: Type.String({
    minLength: 1,
    plugin: "target",
    description: "The target in tapline.yml whose database dbt uses. The profile is made from its settings.",
  }),
  project_dir: Type.Optional(
    Type.String({ minLength: 1, default: "transform", description: "The folder of the dbt project, relative to tapline.yml." }),
  ),
  schema: Type.Optional(Type.String({ minLength: 1, default: "analytics", description: "The schema for models that do not set one." })),
  threads: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 256, default: 4, description: "How many models and tests run at the same time." }),
  ),
  select: Type.Optional(
    Type.Union([Type.Literal("all"), Type.Literal("downstream")], {
      default: "all",
      description:
        "all: run everything. downstream: as a step of a job, run only what depends on streams with new rows since this step last succeeded, and nothing if there are none; --full runs everything.",
    }),
  ),
  on_test_failure: Type.Optional(
    Type.Union([Type.Literal("stop"), Type.Literal("warn")], {
      default: "stop",
      description:
        "stop: what depends on a model with a failed test is not built, and the step fails. warn: everything is built and then tested; a failed test is a warning, and the step succeeds.",
    }),
  ),
  source_name: Type.Optional(
    Type.String({
      minLength: 1,
      default: "raw",
      description: "The name of the source that dbt generate writes for the loaded tables: source('raw', 'items').",
    }),
  ),
  valid_from: Type.Optional(
    Type.Record(Type.String(), Type.String({ minLength: 1 }), {
      description:
        "For dbt generate --history: for each stream, the column with the time from which a row is valid. Default: the time when the row was extracted.",
    }),
  ),
  executable: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "A dbt program to use instead, with the adapter for the target: a path (relative to tapline.yml) or a name in PATH. Default: the dbt that tapline dbt install installs.",
    }),
  ),
});

export type Config = Static<typeof config>;
