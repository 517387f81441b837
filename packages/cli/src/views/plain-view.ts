/** A run as plain log lines: its start, what plugins say, a line of progress every few seconds, its end. */
import { describeBytes, describeCount, describeSeconds, type StreamResult } from "@tapline/runner";
import { clean } from "../terminal.ts";
import type { View } from "./view.ts";

export interface PlainOptions {
  everyMs?: number;
  now?: () => Date;
}

export function createPlainView(write: (line: string) => void, { everyMs = 5000, now = () => new Date() }: PlainOptions = {}): View {
  const say = (text: string): void => write(`${now().toISOString()} ${clean(text)}\n`);
  let told = now().getTime();
  return {
    show(event) {
      if (event.type === "run_started") {
        const from = event.fullRefresh
          ? "from the start (full refresh)"
          : event.state === null
            ? "from the start"
            : "from the last bookmark";
        say(`start ${event.stateId}, run ${event.runId}, ${from}`);
      } else if (event.type === "log") {
        const level = event.level === undefined || event.level === "info" ? "" : `${event.level}: `;
        for (const line of event.message.split("\n")) say(`${event.plugin}: ${level}${line}`);
      } else if (event.type === "progress" && now().getTime() - told >= everyMs) {
        told = now().getTime();
        say(`progress ${event.streams.map(describeProgress).join("; ")}`);
      }
    },
    finish: ({ stateId, status, seconds }) => say(`end ${stateId}, ${status} after ${describeSeconds(seconds)}`),
    close() {},
  };
}

function describeProgress({ stream, sent, received, bytes }: StreamResult): string {
  const counts = [`sent ${describeCount(sent)}`, `received ${describeCount(received)}`, ...(bytes === null ? [] : [describeBytes(bytes)])];
  return `${stream}: ${counts.join(", ")}`;
}
