/** A run as JSON lines on stdout, for programs: run_started, log, progress, state, run_finished. Keys are snake_case. */
import { parseExact } from "@tapline/protocol";
import type { RunEvent, RunResult, StreamResult } from "@tapline/runner";
import type { View } from "./view.ts";

export function createJsonView(write: (line: string) => void, now: () => Date = () => new Date()): View {
  const say = (type: string, fields: Record<string, unknown>): void =>
    write(`${JSON.stringify({ type, time: now().toISOString(), ...fields })}\n`);
  return {
    show(event) {
      const { type, ...fields } = event;
      if (event.type === "progress") say(type, { streams: event.streams.map(streamFields) });
      else if (event.type === "state") say(type, { state: exact(event.value) });
      else say(type, snakeKeys(fields));
    },
    finish(result) {
      say("run_finished", resultFields(result));
    },
    close() {},
  };
}

function resultFields(result: RunResult): Record<string, unknown> {
  const { streams, stateBefore, stateAfter, ...fields } = result;
  return {
    ...snakeKeys(fields),
    streams: streams.map(streamFields),
    state_before: exact(stateBefore),
    state_after: exact(stateAfter),
  };
}

const streamFields = (stream: StreamResult): Record<string, unknown> => snakeKeys(stream);

/** A state with its own digits. */
const exact = (text: string | null): unknown => (text === null ? null : parseExact(text));

function snakeKeys(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

export type JsonEvent = RunEvent["type"] | "run_finished" | "error";
