/** States as taps keep them: a bookmark for each stream, and whatever other fields a tap adds. */
import { defineErrors, type ErrorEntry } from "../errors.ts";
import { isObject } from "./json.ts";
import type { State, StreamState } from "./message.ts";

export const stateErrorCatalogue = {
  state_invalid: {
    class: "config",
    message: (p: { reason: string }) => `The state can't be used: ${p.reason}`,
    hint: 'A state is the object that a STATE message carries, for example {"bookmarks": {"items": {…}}}.',
  },
} as const satisfies Record<string, ErrorEntry>;

const stateErrors = defineErrors(stateErrorCatalogue);

/** Takes a bare state, or a whole STATE message as some tools save it. @throws state_invalid */
export function readState(value: unknown): State {
  if (!isObject(value)) {
    const kind = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
    throw stateErrors.state_invalid({ reason: `it is ${kind}` });
  }
  if (value.type === "STATE" && "value" in value) return readState(value.value);
  const { bookmarks } = value;
  if (bookmarks !== undefined && (typeof bookmarks !== "object" || bookmarks === null))
    throw stateErrors.state_invalid({ reason: "its bookmarks are not an object" });
  return value as State;
}

/**
 * The stream's bookmark; {} where it has none or one that is no object, such as null.
 * @example bookmarkOf(durable.state, "orders").position;
 */
export function bookmarkOf({ bookmarks = {} }: State, stream: string): StreamState {
  const bookmark = Object.hasOwn(bookmarks, stream) ? bookmarks[stream] : undefined;
  return isObject(bookmark) ? (bookmark as StreamState) : {};
}

/** A new state with this stream's bookmark replaced; other fields stay. */
export function withBookmark(state: State, stream: string, bookmark: StreamState): State {
  return { ...state, bookmarks: { ...state.bookmarks, [stream]: bookmark } };
}
