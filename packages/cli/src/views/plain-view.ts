/** Shows a run as plain log lines: its start, the lines of the plugins, progress every few seconds, its end. */
import { describeNode } from "@tapline/protocol";
import { describeBytes, describeCount, describeSeconds, describeStatus, type RunEvent, type StreamResult } from "@tapline/runner";
import { clean } from "../terminal.ts";
import { describeLag, describeRead, type ReadMoment } from "./read-text.ts";
import { describeStart } from "./start-text.ts";
import type { View } from "./view.ts";

export interface PlainOptions {
  /** Names of the job's steps. With several steps, each line begins with the name. */
  steps?: readonly string[];
  everyMs?: number;
}

export function createPlainView(write: (line: string) => void, { steps = [], everyMs = 5000 }: PlainOptions = {}): View {
  const lastProgress = new Map<number, number>();
  const firstRead = new Map<number, ReadMoment>();
  return {
    show({ time, step, event }) {
      const prefix = steps.length > 1 && step !== null ? `[${steps[step]}] ` : "";
      const writeLine = (text: string): void => write(`${time.toISOString()} ${clean(`${prefix}${text}`)}\n`);
      if (event.type !== "progress" || step === null) return linesOf(event).forEach(writeLine);
      const at = time.getTime();
      const { streams, read, lag } = event;
      if (read !== null && !firstRead.has(step)) firstRead.set(step, { at, done: read.done });
      if (!lastProgress.has(step)) lastProgress.set(step, at);
      if (at - (lastProgress.get(step) as number) < everyMs) return;
      lastProgress.set(step, at);
      const share =
        lag !== undefined ? [describeLag(lag)] : read === null ? [] : [describeRead(read, firstRead.get(step) as ReadMoment, at)];
      writeLine(`progress ${[...streams.map(describeProgress), ...share].join("; ")}`);
    },
    close() {},
  };
}

/** An event other than progress as lines of text; [] for events that only programs need. */
export function linesOf(event: RunEvent): string[] {
  switch (event.type) {
    case "run_started":
      return [`start ${event.stateId}, run ${event.runId}, ${describeStart(event)}`];
    case "utility_started":
      return [`start ${event.name}`];
    case "log": {
      // Details are in the log file.
      if (event.level === "debug") return [];
      const level = event.level === undefined || event.level === "info" ? "" : `${event.level}: `;
      return event.message.split("\n").map((line) => `${event.plugin}: ${level}${line}`);
    }
    case "node":
      return [describeNode(event.node)];
    case "retrying":
      return [`${event.name}: trying again in ${describeSeconds(event.waitMs / 1000)}, from the last bookmark`];
    case "step_skipped":
      return [`skipped ${event.name}: ${event.reason}`];
    case "run_finished": {
      const { result } = event;
      const name = result.kind === "pipe" ? result.stateId : result.name;
      return [`end ${name}, ${describeStatus(result.status)} after ${describeSeconds(result.seconds)}`];
    }
    default:
      return [];
  }
}

/** Tap and target report their counts at different moments, so the target may have told of more rows than the tap: those were sent too. */
function describeProgress({ stream, sent, received, bytes }: StreamResult): string {
  const counts: [string, number | null][] = [
    ["sent", sent === null || received === null ? sent : Math.max(sent, received)],
    ["received", received],
  ];
  const known = counts.flatMap(([name, count]) => (count === null ? [] : [`${name} ${describeCount(count)}`]));
  return `${stream}: ${[...(known.length === 0 ? ["no rows yet"] : known), ...(bytes === null ? [] : [describeBytes(bytes)])].join(", ")}`;
}
