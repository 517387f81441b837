/** The log of a run as text, a view of its events: time, source, level and message of each line that was printed. */
import { describeCheckResult, describeNode } from "@tapline/protocol";
import type { RunEvent } from "../model/run-event.ts";
import type { TimedEvent } from "./event-line.ts";
import { readEvents } from "./follow-run.ts";

/** `steps`: the names of the job's steps. Leaves out progress and states. */
export function logLines({ time, step, event }: TimedEvent, steps: readonly string[]): string[] {
  return entriesOf(event, step === null ? "" : (steps[step] ?? `step ${step + 1}`)).flatMap(([source, level, message]) =>
    message.split("\n").map((line) => `${time.toISOString()} ${source} ${level} ${line}`),
  );
}

type Entry = [source: string, level: string, message: string];

function entriesOf(event: RunEvent, step: string): Entry[] {
  switch (event.type) {
    case "job_started":
      // The first lines of a run that was cut off are gone.
      return event.part === undefined ? [] : [["tapline", "info", `the log continues (part ${event.part + 1})`]];
    case "log":
      return [[event.plugin, event.level ?? "-", event.message]];
    case "run_started":
      return [["tapline", "info", `start ${event.stateId}, run ${event.runId}`]];
    case "utility_started":
      return [["tapline", "info", `start ${step}`]];
    case "node":
      return [[event.plugin, event.node.status === "ok" ? "info" : event.node.status, describeNode(event.node)]];
    case "check":
      // The others are among the warnings, or are the failure, at the end.
      return event.result.status === "passed" ? [["tapline", "info", `check passed: ${describeCheckResult(event.result)}`]] : [];
    case "retrying":
      return [["tapline", "warning", `${step}: trying again in ${(event.waitMs / 1000).toFixed(1)} s`]];
    case "step_skipped":
      return [["tapline", "warning", `${step}: skipped, because ${event.reason}`]];
    case "run_finished":
      return endOf(event, step);
    case "job_finished":
      return [["tapline", event.error === null ? "info" : "error", `end of run ${event.runId}, ${event.status}`]];
    default:
      return [];
  }
}

function endOf({ result }: Extract<RunEvent, { type: "run_finished" }>, step: string): Entry[] {
  const { status, failure } = result;
  const warnings = result.kind === "pipe" ? result.warnings : [];
  const cause = failure === null ? "" : `: ${failure.plugin}: ${failure.message}`;
  return [
    ...warnings.map((warning): Entry => ["tapline", "warning", warning]),
    ["tapline", failure === null ? "info" : "error", `end ${step}, ${status}${cause}`],
  ];
}

/** The log of a run that left its events, line by line. */
export function* readLogLines(projectFolder: string, runId: string): Generator<string> {
  let steps: readonly string[] = [];
  for (const timed of readEvents(projectFolder, runId)) {
    if (timed.event.type === "job_started") ({ steps } = timed.event);
    yield* logLines(timed, steps);
  }
}
