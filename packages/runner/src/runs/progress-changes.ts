/**
 * A run may have hundreds of streams, of which a few are at work. So its file keeps of each progress the streams that changed since the one
 * before, and whoever reads the file gets all of them again. Each try of a step begins again. Without I/O.
 */
import type { RunEvent } from "../model/run-event.ts";
import type { StreamResult } from "../model/stream-result.ts";
import type { TimedEvent } from "./event-line.ts";

export interface ProgressChanges {
  of(event: RunEvent, step: number | null): RunEvent;
  /** The next progress has all streams: it begins another file. */
  startOver(): void;
}

export function progressChanges(): ProgressChanges {
  const steps = new Map<number | null, Map<string, string>>();
  return {
    of(event, step) {
      if (event.type === "run_started") steps.delete(step);
      if (event.type !== "progress") return event;
      const known = steps.get(step) ?? new Map<string, string>();
      steps.set(step, known);
      const streams = event.streams.filter((stream) => {
        const value = JSON.stringify(stream);
        const isChanged = known.get(stream.stream) !== value;
        known.set(stream.stream, value);
        return isChanged;
      });
      return { ...event, streams };
    },
    startOver: () => steps.clear(),
  };
}

/** @returns what gives each progress the streams of those before it */
export function allStreams(): (timed: TimedEvent) => TimedEvent {
  const steps = new Map<number | null, Map<string, StreamResult>>();
  return (timed) => {
    const { event, step } = timed;
    if (event.type === "run_started") steps.delete(step);
    if (event.type !== "progress") return timed;
    const known = steps.get(step) ?? new Map<string, StreamResult>();
    steps.set(step, known);
    for (const stream of event.streams) known.set(stream.stream, stream);
    return { ...timed, event: { ...event, streams: [...known.values()] } };
  };
}
