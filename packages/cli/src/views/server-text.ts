/** What a server does, in one line each. Pure. */
import { describeDelivery } from "@tapline/runner";
import type { ServerEvent, Waiting } from "@tapline/server";

export function describeServerEvent(event: ServerEvent): string {
  switch (event.type) {
    case "listening":
      return `listening on ${event.url} (/healthz, /metrics)`;
    case "loaded":
      return `${counted(event.schedules, "schedule")} and ${counted(event.sensors, "sensor")} of tapline.yml`;
    case "started": {
      const missed = event.missed === 0 ? "" : `, for ${counted(event.missed, "due time")} before it too`;
      const files = event.files === 0 ? "" : `, ${counted(event.files, "file")}`;
      return `${event.name}: started ${event.job} as run ${event.runId} (due ${event.dueAt}${missed}${files})`;
    }
    case "ended":
      return `${event.name}: run ${event.runId} of ${event.job} ${endOf(event.status)}${event.error === null ? "" : `: ${event.error}`}`;
    case "waiting":
      return `${event.name}: waits: ${describeWaiting(event.waiting)}`;
    case "told":
      return describeDelivery({ ...event, event: event.about }) ?? `${event.channel} was told of the ${event.about}`;
    case "problem":
      return `${event.name ?? "tapline"}: problem: ${event.message}${event.hint === null ? "" : ` — ${event.hint}`}`;
  }
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

function endOf(status: string): string {
  if (status === "done") return "succeeded";
  if (status === "warning") return "succeeded with warnings";
  if (status === "interrupted") return "was stopped before its end; another run goes on with it";
  if (status === "timed_out") return "timed out";
  return status;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
