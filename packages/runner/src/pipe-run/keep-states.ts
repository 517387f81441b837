/**
 * Saves the states a target tells: the first at once, then the newest of those that came since, ten times a second at most and at
 * the end. To save one takes a write to the disk, and a target that tells hundreds a second would wait for each of them.
 */
import { readStateLine, TaplineError } from "@tapline/protocol";
import { keyOf, type Run } from "./run-in-progress.ts";

export interface StateKeeper {
  /** A line of the target's stdout. */
  take(line: string): void;
  /** No more will come. Settles when the last that was told is saved, or could not be. */
  saved(): Promise<void>;
}

export type KeeperRun = Pick<Run, "store" | "step" | "runId" | "halt" | "onEvent" | "storeFailure">;

const saveEveryMs = 100;

export function keepStates(run: KeeperRun): StateKeeper {
  let pending: string | undefined;
  let saving: Promise<void> | undefined;
  let isOver = false;
  let wake = (): void => {};
  const waitForMore = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, isOver ? 0 : saveEveryMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
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
      await waitForMore();
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
    async saved() {
      isOver = true;
      wake();
      await saving;
    },
  };
}
