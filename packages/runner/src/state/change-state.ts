/** Changes states: merges them, deletes bookmarks, reads what other tools saved. Pure: JSON text in, JSON text out. */
import { didYouMean, parseExact, readState, type State } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { PastRun } from "./store.ts";

/** Merges `bookmarks` stream by stream, and other fields one by one. A state without bookmarks replaces the old one. */
export function mergeStates(under: string | null, over: string): string {
  const next = parseExact(over) as State;
  if (under === null || next.bookmarks === undefined) return over;
  const old = parseExact(under) as State;
  return JSON.stringify({ ...old, ...next, bookmarks: { ...old.bookmarks, ...next.bookmarks } });
}

/** Deletes the bookmarks of these streams. Without `lenient`, each must have one. @throws stream_not_in_state */
export function withoutStreams(value: string, streams: readonly string[], { lenient = false } = {}): string {
  const state = parseExact(value) as State;
  const bookmarks = Object.entries(state.bookmarks ?? {});
  const known = bookmarks.map(([stream]) => stream);
  const hasBookmarks = state.bookmarks !== undefined;
  const unknown = lenient && hasBookmarks ? undefined : streams.find((stream) => !known.includes(stream));
  if (unknown !== undefined) throw errors.stream_not_in_state({ stream: unknown, known, hasBookmarks, meant: didYouMean(unknown, known) });
  return JSON.stringify({ ...state, bookmarks: Object.fromEntries(bookmarks.filter(([stream]) => !streams.includes(stream))) });
}

/** Takes a state, a STATE message, or what `meltano state get` prints. @throws state_invalid */
export function normalizeState(value: unknown): string {
  const { singer_state: inner, ...others } = (value ?? {}) as { singer_state?: unknown };
  const isMeltanos = inner !== undefined && Object.keys(others).length === 0;
  return JSON.stringify(readState(isMeltanos ? inner : value));
}

/** The last state that differs from the current one; `value` null: there was none. undefined: the history has no other. */
export function stateBefore(history: readonly PastRun[], current: string | null): { value: string | null; run: PastRun } | undefined {
  const run = history.find(({ before }) => before !== current);
  return run === undefined ? undefined : { value: run.before, run };
}
