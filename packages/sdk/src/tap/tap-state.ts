/** The state of a running tap: one bookmark for each stream. Each STATE line holds all of them, so that streams may be read in turns. */
import { bookmarkOf, encodeMessage, type Json, type State, type StreamState, withBookmark } from "@tapline/protocol";

/** A tap that asks sends a STATE after so many bytes: the most that is read again after a kill. */
const stateEveryBytes = 4 * 1024 * 1024;
/** So many bytes of other lines for each byte of a STATE line: a state that lists thousands of files is sent less often. */
const bytesForStateByte = 100;

export class TapState {
  #state: State;
  #stateBytes: number;
  #sinceState = 0;

  constructor(state: State) {
    this.#state = state;
    this.#stateBytes = this.#line().length;
  }

  /** Counts bytes that were sent after the last STATE. */
  sent(bytes: number): void {
    this.#sinceState += bytes;
  }

  /** Whether enough was sent since the last STATE for another one. */
  get isDue(): boolean {
    return this.#sinceState >= Math.max(stateEveryBytes, bytesForStateByte * this.#stateBytes);
  }

  /** {} where the stream has no bookmark. */
  bookmarkOf(stream: string): StreamState {
    return bookmarkOf(this.#state, stream);
  }

  /** Replaces the stream's bookmark. Returns the STATE line with it. */
  advance(stream: string, bookmark: StreamState): Uint8Array {
    return this.advanceAll({ [stream]: bookmark });
  }

  /** As `advance`, for several streams at once. */
  advanceAll(bookmarks: Readonly<Record<string, StreamState>>): Uint8Array {
    for (const [stream, bookmark] of Object.entries(bookmarks)) this.#state = withBookmark(this.#state, stream, bookmark);
    const line = this.#line();
    this.#stateBytes = line.length;
    this.#sinceState = 0;
    return line;
  }

  #line(): Uint8Array {
    return Buffer.from(encodeMessage({ type: "STATE", value: this.#state as Json }));
  }
}
