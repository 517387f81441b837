/** Saves the states a target tells, in order. While one is being saved only the newest of those that follow is kept: the others it replaces anyway. */
import { TaplineError } from "@tapline/protocol";
import { readStateLine } from "../plugin-output.ts";
import { keyOf, type Run } from "./run-in-progress.ts";

export interface StateKeeper {
  /** A line of the target's stdout. */
  take(line: string): void;
  /** Settles when all that was told is saved, or could not be. */
  saved(): Promise<void>;
}

export function keepStates(run: Run): StateKeeper {
  let pending: string | undefined;
  let saving: Promise<void> | undefined;
  const saveAll = async (): Promise<void> => {
    while (pending !== undefined && run.storeFailure === undefined) {
      const value = pending;
      pending = undefined;
      try {
        await run.store.saveState(keyOf(run), value);
      } catch (error) {
        // Going on would load rows whose bookmark is lost.
        if (!(error instanceof TaplineError)) throw error;
        run.storeFailure = error;
        run.halt.stop("SIGTERM");
      }
    }
    saving = undefined;
  };
  return {
    take(line) {
      if (line.trim() === "") return;
      const value = readStateLine(line);
      if (value === undefined) {
        const shown = run.step.redact(line.slice(0, 80));
        const message = `A line on stdout is no STATE message and was not kept: ${shown}`;
        run.onEvent({ type: "log", plugin: run.step.target.plugin.name, level: "warning", message });
        return;
      }
      pending = value;
      // Lines that arrive in one piece are one write.
      saving ??= Promise.resolve().then(saveAll);
      run.onEvent({ type: "state", value });
    },
    saved: async () => saving,
  };
}
