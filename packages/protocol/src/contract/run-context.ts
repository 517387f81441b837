/**
 * What the runner gives a utility that lists the capability `run-context`: a JSON file of mode 0600, named by TAPLINE_CONTEXT, in a
 * private folder that the runner deletes after the run. The utility may put other files into that folder.
 */

import { type Static, Type } from "../type.ts";
import { isObject } from "../wire/json.ts";
import type { JsonSchema } from "../wire/message.ts";

/** In a utility's environment: the path of the file. */
export const contextVariable = "TAPLINE_CONTEXT";

const jsonObject = Type.Record(Type.String(), Type.Unknown());

const pipedStream = Type.Object({
  stream: Type.String(),
  schema: Type.Unsafe<JsonSchema>({ type: "object", description: "JSON Schema of the selected columns" }),
  key_properties: Type.Array(Type.String()),
  replication_method: Type.String(),
});

const pipedCatalog = Type.Object({
  tap: Type.String(),
  target: Type.String(),
  streams: Type.Array(pipedStream, { description: "The selected streams" }),
});

const loadedStream = Type.Object({
  step: Type.String({ description: "The step as the job spells it" }),
  tap: Type.String(),
  stream: Type.String(),
  table: Type.Union([Type.String(), Type.Null()], { description: 'The target\'s name for it, "main.items"; null: not reported' }),
  rows: Type.Union([Type.Integer(), Type.Null()], { description: "Rows received; null: not reported" }),
});

export const runContextSchema = Type.Object(
  {
    form: Type.Literal(1),
    project: Type.String({ description: "The folder of tapline.yml; the utility starts there" }),
    environment: Type.String(),
    run_id: Type.String(),
    config: Type.Unsafe<Record<string, unknown>>({ type: "object", description: "The utility's settings, references replaced" }),
    plugins: Type.Record(
      Type.String(),
      Type.Object({
        executable: Type.String({ description: 'The plugin at the root of what this one inherits: "target-duckdb"' }),
        config: jsonObject,
      }),
      { description: "Plugins that the settings name, by name" },
    ),
    catalogs: Type.Union([Type.Array(pipedCatalog), Type.Null()], {
      description: "Of the taps that the project's jobs pipe into those plugins; null: the command asked for none",
    }),
    loaded: Type.Union([Type.Array(loadedStream), Type.Null()], {
      description: "What those plugins loaded since this step was last done; null: not known, as outside of a job",
    }),
    failed_since: Type.Union([Type.String(), Type.Null()], {
      description: "ISO 8601: when an earlier try began that failed and that this run makes up for; null: there is none",
    }),
    python: Type.Union([Type.String(), Type.Null()], {
      description: "The folder of the Python environment that the utility declared; null: not installed",
    }),
  },
  { description: "The file that TAPLINE_CONTEXT names" },
);

export type RunContext = Static<typeof runContextSchema>;
export type PipedCatalog = Static<typeof pipedCatalog>;
export type PipedStream = Static<typeof pipedStream>;
export type LoadedStream = Static<typeof loadedStream>;

/** Reads the file's value. Fields that an older runner leaves out are empty or null; undefined: the value is no context of form 1. */
export function readRunContext(value: unknown): RunContext | undefined {
  if (!isObject(value) || value.form !== 1 || typeof value.project !== "string") return undefined;
  const missing = { environment: "", run_id: "", config: {}, plugins: {}, catalogs: null, loaded: null, failed_since: null, python: null };
  return { ...missing, ...value } as RunContext;
}
