/** What a server does, in one line each. Pure. */
import { describeDelivery } from "@tapline/runner";
import { describeWaiting, type ServerEvent } from "@tapline/server";

export function describeServerEvent(event: ServerEvent): string {
  switch (event.type) {
    case "listening":
      return `the page is at ${event.url} (with /healthz and /metrics)`;
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

function endOf(status: string): string {
  if (status === "done") return "succeeded";
  if (status === "warning") return "succeeded with warnings";
  if (status === "interrupted") return "was stopped before its end; another run goes on with it";
  if (status === "timed_out") return "timed out";
  return status;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
