/** Answers about what runs left: files, rejected rows, results of checks, back-fills, notices. */
import { type Static, Type } from "@tapline/protocol";
import { asked, count, object, text, textOrNull } from "./forms.ts";
import { checkOfRun } from "./runs.ts";

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

export type Files = Static<typeof filesAnswer>;
export type Rejects = Static<typeof rejectsAnswer>;
export type Checks = Static<typeof checksAnswer>;
export type Backfills = Static<typeof backfillsAnswer>;
export type Notices = Static<typeof noticesAnswer>;
