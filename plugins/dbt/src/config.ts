/** The settings of the plugin. */
import { type Static, Type } from "@tapline/sdk";

export const config = Type.Object({
  target: Type.String({
    minLength: 1,
    plugin: "target",
    description: "The target of tapline.yml in whose database dbt works: its settings make the profile.",
  }),
  project_dir: Type.Optional(
    Type.String({ minLength: 1, default: "transform", description: "The folder of the dbt project, relative to tapline.yml." }),
  ),
  schema: Type.Optional(
    Type.String({ minLength: 1, default: "analytics", description: "Where models go that name no schema of their own." }),
  ),
  threads: Type.Optional(Type.Integer({ minimum: 1, maximum: 256, default: 4, description: "How many models and tests run at a time." })),
  select: Type.Optional(
    Type.Union([Type.Literal("all"), Type.Literal("downstream")], {
      default: "all",
      description:
        "downstream: in a job only what hangs on streams that came since this step was last done, and nothing when nothing came; --full runs all of it.",
    }),
  ),
  on_test_failure: Type.Optional(
    Type.Union([Type.Literal("stop"), Type.Literal("warn")], {
      default: "stop",
      description:
        "stop: what hangs on a model whose test failed is not built, and the step fails. warn: all is built, then tested; a test that fails is told and the step is done.",
    }),
  ),
  source_name: Type.Optional(
    Type.String({ minLength: 1, default: "raw", description: "As which dbt generate calls the loaded tables: source('raw', 'items')." }),
  ),
  valid_from: Type.Optional(
    Type.Record(Type.String(), Type.String({ minLength: 1 }), {
      description:
        "By stream the column that tells from when on a row holds, for dbt generate --history. Default: the time a row was extracted.",
    }),
  ),
  executable: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "A dbt of your own, with the adapter for the target: a path (relative to tapline.yml) or a name in PATH. Default: the one that tapline dbt install makes.",
    }),
  ),
});

export type Config = Static<typeof config>;
