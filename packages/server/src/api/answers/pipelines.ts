/** Answers about pipelines, their streams and their states. */
import { type Static, Type } from "@tapline/protocol";
import { count, object, orNull, status, text, textOrNull } from "./forms.ts";
import { runSummary, streamOfRun } from "./runs.ts";

const waiting = orNull(object({ reason: text, run_id: Type.Optional(text) }));

const triggerOfPipeline = object({
  kind: Type.Enum(["schedule", "sensor"]),
  name: text,
  when: Type.String({ description: "The cron expression with its time zone, or the patterns of files." }),
  paused: orNull(object({ since: text, reason: textOrNull })),
  next_due: textOrNull,
  now: Type.String({ description: "Why it runs or does not run, in words." }),
  waiting,
  last: orNull(object({ due_at: text, status: text, run_id: textOrNull, error: textOrNull, missed: Type.Integer() })),
  files: Type.Array(object({ path: text, state: text, text: Type.String({ description: "Why it does not start the job." }) })),
});

export const pipelineAnswer = object({
  name: text,
  environment: text,
  words: Type.Array(text, { description: "What to give as `words` to start it." }),
  steps: Type.Array(text),
  plugins: Type.Array(text, { description: "The plugins of its steps." }),
  paused: orNull(object({ since: text, reason: textOrNull })),
  triggers: Type.Array(triggerOfPipeline),
  runs: Type.Array(runSummary, { description: "The newest first, 30 at most." }),
  rows_today: Type.Number({ description: "Rows loaded by runs that started since midnight in UTC." }),
  last_success: textOrNull,
  fresh_within_seconds: count,
  is_stale: Type.Boolean({ description: "No run has succeeded for longer than fresh_within." }),
});

export const pipelinesAnswer = object({ pipelines: Type.Array(pipelineAnswer), server: object({ started_at: text, now: text }) });

export const streamsAnswer = object({
  streams: Type.Array(
    object({
      job: text,
      environment: text,
      step: Type.Integer(),
      stream: text,
      table: textOrNull,
      target: textOrNull,
      loaded: count,
      in_table: count,
      rejected: count,
      run_id: text,
      ended_at: textOrNull,
      status,
      adds_up: orNull(Type.Boolean()),
    }),
  ),
});

export const streamAnswer = object({
  job: text,
  environment: text,
  stream: text,
  runs: Type.Array(object({ run_id: text, status, started_at: text, ended_at: textOrNull, step: Type.Integer(), result: streamOfRun }), {
    description: "The newest first, 50 at most.",
  }),
});

export const statesAnswer = object({
  states: Type.Array(object({ state_id: text, environment: text, text: Type.String(), updated_at: text, run_id: text })),
});

export const stateAnswer = object({
  state_id: text,
  environment: text,
  value: textOrNull,
  updated_at: textOrNull,
  changes: Type.Array(
    object({
      run_id: text,
      kind: text,
      status: text,
      started_at: text,
      ended_at: textOrNull,
      before: textOrNull,
      after: textOrNull,
    }),
    { description: "The newest first. States are JSON text, with every digit." },
  ),
});

export type Pipeline = Static<typeof pipelineAnswer>;
export type Pipelines = Static<typeof pipelinesAnswer>;
export type Streams = Static<typeof streamsAnswer>;
export type StreamHistory = Static<typeof streamAnswer>;
export type States = Static<typeof statesAnswer>;
export type StateOfPipe = Static<typeof stateAnswer>;
