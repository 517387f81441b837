/**
 * The answers of the API as JSON Schemas: the OpenAPI document is made from them, tests hold every answer to them, and the page takes
 * its types from here. Names are in snake_case, instants are ISO 8601 in UTC, a count is null where nobody reported it.
 */
import { type Static, type TSchema, Type } from "@tapline/protocol";

/** More fields may come with later versions. */
const object = <T extends Record<string, TSchema>>(fields: T, description?: string) => Type.Object(fields, { description });
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const text = Type.String();
const textOrNull = orNull(text);
const count = orNull(Type.Number());
const anything = Type.Unknown();

const statuses = ["running", "done", "warning", "failed", "stopped", "timed_out", "crashed"] as const;
const status = Type.Enum([...statuses]);

const failure = object({
  plugin: text,
  code: textOrNull,
  message: text,
  hint: textOrNull,
  /** Where it is: stream, file, line, … */
  position: Type.Optional(orNull(Type.Record(text, anything))),
});

export const errorAnswer = object({ error: object({ code: text, message: text, hint: textOrNull }) }, "What went wrong, and what to do.");

export const sessionAnswer = object({
  project: object({ name: text, folder: text }),
  version: text,
  role: Type.Enum(["read", "run", "edit"], { description: "read: look. run: also start, cancel, pause. edit: also change states." }),
  environments: Type.Array(text),
  default_environment: text,
  jobs: Type.Array(text),
});

export const runSummary = object({
  run_id: text,
  name: text,
  environment: text,
  status,
  trigger: object({ kind: text, text: Type.String({ description: "In words: schedule nightly, due …" }) }),
  tags: Type.Record(text, text),
  started_at: text,
  ended_at: textOrNull,
  rows: orNull(object({ loaded: Type.Number(), rejected: Type.Number() })),
  error: orNull(failure),
});

export const runsAnswer = object({
  runs: Type.Array(runSummary),
  older: orNull(Type.String({ description: "Give it as `before` to get the next page; null: there is none." })),
});

const changeText = Type.Array(text, { description: "What the target changed in the table or in names, in words." });

export const streamOfRun = object({
  stream: text,
  table: textOrNull,
  database: Type.Optional(text),
  read: count,
  loaded: count,
  inserted: count,
  updated: count,
  deleted: count,
  rejected: count,
  rejected_by_tap: count,
  not_committed: count,
  in_table: count,
  bytes: count,
  seconds: count,
  rows_per_second: count,
  bytes_per_second: count,
  bookmark_before: orNull(Type.String({ description: "In words; null: there was none." })),
  bookmark_after: textOrNull,
  changes: changeText,
  adds_up: orNull(
    Type.Boolean({ description: "Whether rows sent are rows loaded, rejected and superseded; null: a side did not report." }),
  ),
});

export const checkOfRun = object({
  id: text,
  stream: text,
  rule: text,
  status: Type.Enum(["passed", "failed", "not_run"]),
  on_fail: Type.Enum(["warn", "stop"]),
  when: Type.Enum(["before", "commit", "after"]),
  expected: text,
  text: Type.String({ description: "What was found, in words, without values." }),
});

export const nodeOfRun = object({ id: text, kind: text, name: text, status: text, seconds: count, rows: count, message: textOrNull });

const stepOfRun = object({
  index: Type.Integer(),
  name: text,
  status: text,
  state_id: textOrNull,
  attempts: Type.Array(text),
  started_at: textOrNull,
  ended_at: textOrNull,
  plugins: Type.Array(object({ name: text, version: textOrNull })),
  exit_code: count,
  error: orNull(failure),
  warnings: Type.Array(text),
  streams: Type.Array(streamOfRun),
  checks: Type.Array(checkOfRun),
  nodes: Type.Array(nodeOfRun),
});

export const runAnswer = object({
  run: runSummary,
  request: Type.Record(text, anything, { description: "What was asked for." }),
  notices: Type.Array(object({ channel: text, event: text, outcome: text, reason: textOrNull })),
  steps: Type.Array(stepOfRun),
  can_cancel: Type.Boolean(),
  can_retry: Type.Boolean(),
});

export const logAnswer = object({
  lines: Type.Array(
    object({
      number: Type.Integer(),
      time: text,
      source: text,
      level: Type.String({ description: "debug, info, warning, error, … ; - where the plugin gave none" }),
      text,
    }),
  ),
  total: Type.Integer({ description: "Lines of the log that match." }),
  first_error: orNull(Type.Integer({ description: "The number of the first line with level error or higher." })),
});

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

/** Of what must be asked of a plugin, which takes longer than an answer may. */
const asked = {
  asked_at: orNull(Type.String({ description: "When the plugins were asked; null: not yet, ask again in a second." })),
  problems: Type.Array(text, { description: "Plugins that could not be asked, and why." }),
};

export const filesAnswer = object({
  ...asked,
  files: Type.Array(
    object({
      tap: text,
      path: text,
      state: Type.Enum(["waiting", "claimed", "unknown", "loaded", "failed", "duplicate"]),
      streams: Type.Array(text),
      size: Type.Number(),
      why: textOrNull,
      at: textOrNull,
      run_id: textOrNull,
      archived_as: textOrNull,
    }),
  ),
});

export const rejectsAnswer = object({
  ...asked,
  rejects: Type.Array(
    object({
      plugin: text,
      id: text,
      stream: text,
      place: text,
      code: text,
      reason: text,
      run_id: textOrNull,
      rejected_at: textOrNull,
      kept_in: text,
    }),
  ),
});

export const checksAnswer = object({
  checks: Type.Array(
    object({
      job: text,
      environment: text,
      check: checkOfRun,
      run_id: text,
      ended_at: textOrNull,
      past: Type.Array(object({ run_id: text, status: Type.Enum(["passed", "failed", "not_run"]) }), {
        description: "In the last runs, the newest first.",
      }),
    }),
  ),
});

export const backfillsAnswer = object({
  backfills: Type.Array(
    object({
      id: text,
      name: Type.String({ description: "The job, or the tap and the target." }),
      environment: text,
      status: Type.Enum(["open", "done", "dropped"], { description: "open: not all of it is done, whether it is at work or not." }),
      mode: Type.Enum(["upsert", "append", "replace"]),
      from: text,
      to: Type.String({ description: "The day after the last one." }),
      by: Type.Enum(["day", "month"]),
      timezone: text,
      started_at: text,
      ended_at: textOrNull,
      parts: Type.Array(
        object({
          name: Type.String({ description: "The day or the month." }),
          status: Type.Enum(["waiting", "claimed", "running", "interrupted", "killed", "done", "failed"]),
          rows: count,
          run_id: textOrNull,
          error: textOrNull,
        }),
        { description: "All of its days or months, in order." },
      ),
    }),
    { description: "The newest first, 20 at most." },
  ),
});

export const noticesAnswer = object({
  notices: Type.Array(
    object({
      channel: text,
      event: text,
      job: text,
      run_id: textOrNull,
      title: text,
      status: text,
      reason: textOrNull,
      at: text,
    }),
  ),
});

export const lineageAnswer = object({
  nodes: Type.Array(
    object({ id: text, kind: Type.Enum(["stream", "table", "model"]), name: text, status: textOrNull, run_id: textOrNull }),
  ),
  edges: Type.Array(object({ from: text, to: text })),
});

export const pluginsAnswer = object({
  ...asked,
  plugins: Type.Array(
    object({
      name: text,
      kind: textOrNull,
      settings: Type.Array(
        object({
          name: text,
          value: anything,
          source: text,
          place: textOrNull,
          description: textOrNull,
          is_secret_in_file: Type.Boolean({ description: "A secret is in the file as plain text." }),
        }),
      ),
    }),
  ),
});

export const startedAnswer = object({ run_id: text });
export const doneAnswer = object({ message: text });

export type Failure = Static<typeof failure>;
export type Session = Static<typeof sessionAnswer>;
export type RunSummary = Static<typeof runSummary>;
export type Runs = Static<typeof runsAnswer>;
export type Run = Static<typeof runAnswer>;
export type StepOfRun = Static<typeof stepOfRun>;
export type StreamOfRun = Static<typeof streamOfRun>;
export type CheckOfRun = Static<typeof checkOfRun>;
export type NodeOfRun = Static<typeof nodeOfRun>;
export type Log = Static<typeof logAnswer>;
export type Pipeline = Static<typeof pipelineAnswer>;
export type Pipelines = Static<typeof pipelinesAnswer>;
export type Streams = Static<typeof streamsAnswer>;
export type StreamHistory = Static<typeof streamAnswer>;
export type States = Static<typeof statesAnswer>;
export type StateOfPipe = Static<typeof stateAnswer>;
export type Files = Static<typeof filesAnswer>;
export type Rejects = Static<typeof rejectsAnswer>;
export type Checks = Static<typeof checksAnswer>;
export type Backfills = Static<typeof backfillsAnswer>;
export type Notices = Static<typeof noticesAnswer>;
export type Lineage = Static<typeof lineageAnswer>;
export type Plugins = Static<typeof pluginsAnswer>;
export type ErrorAnswer = Static<typeof errorAnswer>;
