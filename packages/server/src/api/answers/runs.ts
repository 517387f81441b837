/** Answers about runs: the list, one run with its steps, streams and checks, its log. */
import { type Static, Type } from "@tapline/protocol";
import { anything, count, failure, object, orNull, status, text, textOrNull } from "./forms.ts";

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

export type RunSummary = Static<typeof runSummary>;
export type Runs = Static<typeof runsAnswer>;
export type StreamOfRun = Static<typeof streamOfRun>;
export type CheckOfRun = Static<typeof checkOfRun>;
export type NodeOfRun = Static<typeof nodeOfRun>;
export type StepOfRun = Static<typeof stepOfRun>;
export type Run = Static<typeof runAnswer>;
export type Log = Static<typeof logAnswer>;
