/** Shows a run as JSON lines on stdout, for programs: one object for each event, with keys in snake_case. */
import { parseExact } from "@tapline/protocol";
import type { RunEvent, RunResult, StreamResult } from "@tapline/runner";
import type { View } from "./view.ts";

export function createJsonView(write: (line: string) => void, now: () => Date = () => new Date()): View {
  return {
    show(event, step) {
      write(`${JSON.stringify({ type: event.type, time: now().toISOString(), step, ...fieldsOf(event) })}\n`);
    },
    close() {},
  };
}

function fieldsOf(event: RunEvent): Record<string, unknown> {
  if (event.type === "progress") return { streams: event.streams.map(streamFields), read: event.read };
  if (event.type === "state") return { state: exact(event.value) };
  if (event.type === "run_finished") return event.result.kind === "pipe" ? resultFields(event.result) : snakeKeys(event.result);
  return snakeKeys(event);
}

function resultFields(result: RunResult): Record<string, unknown> {
  const { streams, stateBefore, stateAfter, delivery, ...fields } = result;
  return {
    ...snakeKeys(fields),
    delivery: snakeKeys(delivery),
    streams: streams.map(streamFields),
    state_before: exact(stateBefore),
    state_after: exact(stateAfter),
  };
}

const streamFields = (stream: StreamResult): Record<string, unknown> => snakeKeys(stream);

/** Parses a state without changing a digit. */
const exact = (text: string | null): unknown => (text === null ? null : parseExact(text));

export function snakeKeys(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}
