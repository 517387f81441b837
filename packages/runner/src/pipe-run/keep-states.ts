/**
 * Saves the states a target emits: the first at once, then the newest at most ten times a second, and the last one at the end. Each
 * save is a write to the disk, and a target that emits hundreds of states a second would wait for each of them.
 */

import { setImmediate as afterPendingReads } from "node:timers/promises";
import { readStateLine, TaplineError } from "@tapline/protocol";
import type { RunState } from "../model/run-state.ts";
import { keyOf, type LiveRun } from "./live-run.ts";

export interface StateKeeper {
  /** A line of the target's stdout. */
  take(line: string): void;
  /** No more lines will come. Settles when the last state is saved, or could not be. */
  saved(): Promise<void>;
}

export interface KeeperRun extends Pick<LiveRun, "store" | "step" | "runId" | "onEvent"> {
  state: Pick<RunState, "progress" | "lastCommits" | "storeFailure" | "failStore">;
}

const saveEveryMs = 100;

/** `onSaved` gets each state that was saved. */
export function keepStates(run: KeeperRun, onSaved: (state: string) => void = () => {}): StateKeeper {
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
    while (pending !== undefined && run.state.storeFailure === undefined) {
      const value = pending;
      pending = undefined;
      try {
        await run.store.saveState(keyOf(run), value, run.state.lastCommits);
        onSaved(value);
      } catch (error) {
        if (!(error instanceof TaplineError)) throw error;
        run.state.failStore(error);
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
        const plugin = run.step.target.plugin.name;
        run.state.progress.warn(`${plugin}: ${message}`);
        run.onEvent({ type: "log", plugin, level: "warning", message });
        return;
      }
      pending = value;
      // Lines that arrive in one piece are one write. The message `committed`, which the target sent before this line on another
      // descriptor, is read before the write.
      saving ??= afterPendingReads().then(saveAll);
      run.onEvent({ type: "state", value });
    },
    async saved() {
      isOver = true;
      wake();
      await saving;
    },
  };
}
