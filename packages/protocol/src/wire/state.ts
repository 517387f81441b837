/** State as taps keep it: a bookmark for each stream, and whatever else a tap puts beside. */
import { defineErrors, type ErrorEntry } from "../errors.ts";
import type { State, StreamState } from "./message.ts";

export const stateErrorCatalogue = {
  state_invalid: {
    class: "config",
    message: (p: { reason: string }) => `The state can't be used: ${p.reason}`,
    hint: 'A state is the object a STATE message carried, for example {"bookmarks": {"items": {…}}}.',
  },
} as const satisfies Record<string, ErrorEntry>;

export const stateErrors = defineErrors(stateErrorCatalogue);

/** Takes a bare state, or a whole STATE message as some tools save it. @throws state_invalid */
export function readState(value: unknown): State {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject)
    throw stateErrors.state_invalid({ reason: `it is ${value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`}` });
  const message = value as { type?: unknown; value?: unknown };
  if (message.type === "STATE" && "value" in message) return readState(message.value);
  const bookmarks = (value as State).bookmarks;
  if (bookmarks !== undefined && (typeof bookmarks !== "object" || bookmarks === null))
    throw stateErrors.state_invalid({ reason: "its bookmarks are no object" });
  return value as State;
}

export function bookmarkOf(state: State, stream: string): StreamState {
  const bookmarks = state.bookmarks;
  return bookmarks !== undefined && Object.hasOwn(bookmarks, stream) ? (bookmarks[stream] as StreamState) : {};
}

/** A new state with that stream's bookmark replaced; other fields are kept. */
export function withBookmark(state: State, stream: string, bookmark: StreamState): State {
  return { ...state, bookmarks: { ...state.bookmarks, [stream]: bookmark } };
}
