/**
 * An event of a run as one line of JSON, with keys in snake_case: in `.tapline/runs/RUN.jsonl`, and on stdout with `--json`. And back.
 * Pure. Numbers in states keep all digits.
 */
import { parseExact } from "@tapline/protocol";
import type { RunEvent, RunResult } from "../model/run-event.ts";
import type { StreamResult } from "../model/stream-result.ts";

export interface TimedEvent {
  time: Date;
  /** The index of the job's step; null: the event is about the whole run. */
  step: number | null;
  event: RunEvent;
}

/** With a line end. */
export function eventLine({ time, step, event }: TimedEvent): string {
  return `${JSON.stringify({ type: event.type, time: time.toISOString(), step, ...fieldsOf(event) })}\n`;
}

/** undefined: it is no event that this version knows, such as a line that was written in part. */
export function readEventLine(line: string): TimedEvent | undefined {
  try {
    const { time, step, ...fields } = parseExact(line) as { time: string; step: number | null; type: RunEvent["type"] };
    return readers.has(fields.type) ? { time: new Date(time), step, event: eventOf(fields) } : undefined;
  } catch {
    return undefined;
  }
}

const readers: ReadonlySet<string> = new Set<RunEvent["type"]>([
  ...(["job_started", "run_started", "utility_started", "log", "node", "progress"] as const),
  ...(["state", "check", "retrying", "step_skipped", "run_finished", "job_finished"] as const),
]);

function fieldsOf(event: RunEvent): Record<string, unknown> {
  if (event.type === "progress")
    return { streams: event.streams.map(snakeKeys), read: event.read, ...(event.lag !== undefined && { lag: event.lag }) };
  if (event.type === "state") return { state: exact(event.value) };
  if (event.type === "run_finished") return event.result.kind === "pipe" ? resultFields(event.result) : snakeKeys(event.result);
  return snakeKeys(event);
}

function resultFields(result: RunResult): Record<string, unknown> {
  const { streams, stateBefore, stateAfter, delivery, ...fields } = result;
  return {
    ...snakeKeys(fields),
    delivery: snakeKeys(delivery),
    streams: streams.map(snakeKeys),
    state_before: exact(stateBefore),
    state_after: exact(stateAfter),
  };
}

function eventOf(fields: { type: RunEvent["type"] } & Record<string, unknown>): RunEvent {
  const { type, ...rest } = fields;
  if (type === "progress") return { ...rest, type, streams: streamsOf(rest.streams) } as unknown as RunEvent;
  if (type === "state") return { type, value: JSON.stringify(rest.state) };
  if (type === "run_finished") return { type, result: resultOf(rest) } as RunEvent;
  return camelKeys(fields) as RunEvent;
}

function resultOf(fields: Record<string, unknown>): unknown {
  const result = camelKeys(fields);
  if (result.kind !== "pipe") return result;
  const text = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  return {
    ...result,
    streams: streamsOf(result.streams),
    delivery: camelKeys(result.delivery as object),
    stateBefore: text(result.stateBefore),
    stateAfter: text(result.stateAfter),
  };
}

const streamsOf = (streams: unknown): StreamResult[] => (streams as object[]).map(camelKeys) as unknown as StreamResult[];

/** Parses a state without changing a digit. */
const exact = (text: string | null): unknown => (text === null ? null : parseExact(text));

/** Of the object itself: what is inside its values stays. */
export function snakeKeys(fields: object): Record<string, unknown> {
  return mapKeys(fields, (key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

function camelKeys(fields: object): Record<string, unknown> {
  return mapKeys(fields, (key) => key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

function mapKeys(fields: object, change: (key: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [change(key), value]));
}
