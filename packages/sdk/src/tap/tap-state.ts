/** The state of a running tap: one bookmark for each stream. Each STATE line holds all of them, so that streams may be read in turns. */
import { bookmarkOf, encodeMessage, type Json, type State, type StreamState, withBookmark } from "@tapline/protocol";

export class TapState {
  #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  /** {} where the stream has no bookmark. */
  bookmarkOf(stream: string): StreamState {
    return bookmarkOf(this.#state, stream);
  }

  /** Replaces the stream's bookmark. Returns the STATE line with it. */
  advance(stream: string, bookmark: StreamState): Uint8Array {
    this.#state = withBookmark(this.#state, stream, bookmark);
    return Buffer.from(encodeMessage({ type: "STATE", value: this.#state as Json }));
  }
}
