/** Something that shows a run: while it goes on, or later as it went. */
import type { TimedEvent } from "@tapline/runner";

export interface View {
  show(event: TimedEvent): void;
  /** Restores the terminal. Called however the run ended. */
  close(): void;
}
