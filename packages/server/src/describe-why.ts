/** Why a job does not run, in words: at a terminal and on the page. Pure. */
import type { Waiting } from "./pass.ts";
import type { FileWhy, Why } from "./why.ts";

/** "is not due", "waits: its run X is at work". */
export function describeNow({ waiting, due, kind, files }: Why): string {
  if (waiting?.reason === "no_server")
    return "no server is at work. To start one: tapline serve (or let cron call tapline tick each minute)";
  if (waiting?.reason === "running") return `run ${waiting.runId} is at work. To watch it: tapline runs show ${waiting.runId}`;
  if (waiting !== null) return `waits: ${describeWaiting(waiting)}`;
  if (due !== null) return `is due since ${shortTime(due)}, and starts with the next look of a server`;
  if (kind === "schedule") return "is not due";
  if (files.length === 0) return "no file matches";
  if (files.some(({ state }) => state.kind === "ready")) return "files are complete and new: the next look of a server starts the job";
  return files.every(({ state }) => state.kind === "seen") ? "no file is new" : "waits for files to be complete";
}

export function describeWhyOfFile({ state }: FileWhy): string {
  if (state.kind === "seen") return "the job was started for it";
  return state.kind === "ready" ? "complete and new" : state.reason;
}

/** "run X of this job is at work". */
export function describeWaiting(waiting: Waiting): string {
  switch (waiting.reason) {
    case "paused":
      return `${waiting.name} is paused since ${waiting.since.slice(0, 16)}Z${waiting.why === null ? "" : ` (${waiting.why})`}; to go on: tapline resume ${waiting.name}`;
    case "running":
      return `its run ${waiting.runId} is at work`;
    case "job_full":
      return `run ${waiting.active.map(({ runId }) => runId).join(", ")} of the same job is at work (max_concurrent_runs of the job)`;
    case "all_full":
      return `as many runs as may be are at work (max_concurrent_runs): ${waiting.active.map(({ job, runId }) => `${job} ${runId}`).join(", ")}`;
    case "postponed":
      return `${waiting.why}; it is tried again after ${waiting.until.slice(11, 19)}Z`;
  }
}

/** "2026-01-31 02:00:00Z". */
export const shortTime = (time: string): string => `${time.slice(0, 19).replace("T", " ")}Z`;
