/** Counts what a server did, for Prometheus and for health checks. */
import { isSuccess } from "@tapline/protocol";
import type { Clock } from "./clock.ts";
import type { ServerEvent } from "./events.ts";

export interface Meter {
  note(event: ServerEvent): void;
  /** A run of the job succeeded before this server started. */
  succeeded(job: string, at: Date | undefined): void;
  /** The server looked at everything. */
  beat(): void;
  /** Seconds since the last beat. */
  silence(): number;
  /** In the text format of Prometheus. */
  text(): string;
}

export function createMeter(clock: Clock): Meter {
  const ends = new Map<string, number>();
  const lastSuccess = new Map<string, number>();
  const active = new Map<string, string>();
  const waiting = new Map<string, string>();
  let problems = 0;
  let beaten = clock.now().getTime();
  const add = (job: string, status: string): void => {
    const labels = `job=${quoted(job)},status=${quoted(status)}`;
    ends.set(labels, (ends.get(labels) ?? 0) + 1);
  };
  return {
    note(event) {
      if (event.type === "started") {
        active.set(event.runId, event.job);
        waiting.delete(event.name);
      } else if (event.type === "waiting") waiting.set(event.name, event.waiting.reason);
      else if (event.type === "problem") problems++;
      else if (event.type === "ended") {
        active.delete(event.runId);
        waiting.delete(event.name);
        add(event.job, event.status);
        if (isSuccess(event.status)) lastSuccess.set(event.job, clock.now().getTime() / 1000);
      }
    },
    succeeded(job, at) {
      if (at !== undefined) lastSuccess.set(job, Math.max(lastSuccess.get(job) ?? 0, at.getTime() / 1000));
    },
    beat: () => {
      beaten = clock.now().getTime();
    },
    silence: () => (clock.now().getTime() - beaten) / 1000,
    text: () =>
      [
        ...metric("tapline_runs_total", "counter", "Runs that this server started and that ended, by job and status.", ends),
        ...metric("tapline_runs_active", "gauge", "Runs that this server started and that are at work.", new Map([["", active.size]])),
        ...metric("tapline_waiting", "gauge", "Schedules and sensors that are due and wait, by name and reason.", waitingCounts(waiting)),
        ...metric(
          "tapline_last_success_timestamp_seconds",
          "gauge",
          "When a schedule or sensor of the job last succeeded.",
          new Map([...lastSuccess].map(([job, at]) => [`job=${quoted(job)}`, at])),
        ),
        ...metric(
          "tapline_problems_total",
          "counter",
          "Looks at a schedule, a sensor or tapline.yml that failed.",
          new Map([["", problems]]),
        ),
        "",
      ].join("\n"),
  };
}

const waitingCounts = (waiting: ReadonlyMap<string, string>): Map<string, number> =>
  new Map([...waiting].map(([name, reason]) => [`name=${quoted(name)},reason=${quoted(reason)}`, 1]));

function metric(name: string, type: "counter" | "gauge", help: string, values: ReadonlyMap<string, number>): string[] {
  const lines = [...values].map(([labels, value]) => `${name}${labels === "" ? "" : `{${labels}}`} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

/** The value of a label, as the text format of Prometheus wants it. */
const quoted = (value: string): string => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
