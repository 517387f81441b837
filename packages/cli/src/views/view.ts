/** Something that shows a run while it goes on. */
import type { RunEvent } from "@tapline/runner";

export interface View {
  /** `step` is an index into the job's steps. */
  show(event: RunEvent, step: number): void;
  /** Restores the terminal. Called however the run ended. */
  close(): void;
}
