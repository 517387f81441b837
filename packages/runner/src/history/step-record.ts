/** Makes the records of a step for the history: counts with rates, and the bookmark of each stream before and after. Pure. */

import { parseExact } from "@tapline/protocol";
import type { RunResult } from "../model/run-event.ts";
import type { Part } from "../model/step.ts";
import type { StreamResult } from "../model/stream-result.ts";
import type { StepRecord, StreamRecord } from "./history.ts";

export function streamRecords({ streams, stateBefore, stateAfter }: RunResult): StreamRecord[] {
  const [before, after] = [bookmarksIn(stateBefore), bookmarksIn(stateAfter)];
  return streams.map((stream) => ({
    ...stream,
    rowsPerSecond: rate(stream, stream.received ?? stream.sent),
    bytesPerSecond: rate(stream, stream.bytes),
    bookmarkBefore: before[stream.stream] ?? null,
    bookmarkAfter: after[stream.stream] ?? null,
  }));
}

export function pluginRecords(parts: readonly Part[]): StepRecord["plugins"] {
  return parts.map(({ ready }) => ({ name: ready.plugin.name, version: ready.about?.version ?? null }));
}

function bookmarksIn(state: string | null): Record<string, unknown> {
  if (state === null) return {};
  const { bookmarks } = parseExact(state) as { bookmarks?: unknown };
  return typeof bookmarks === "object" && bookmarks !== null ? (bookmarks as Record<string, unknown>) : {};
}

function rate({ seconds }: StreamResult, count: number | null): number | null {
  return count === null || seconds === null ? null : Math.round(count / Math.max(seconds, 0.001));
}
