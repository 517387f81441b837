/** A run that is open in the store: starts its plugins, noted down for who comes after a crash, and hears what they say. */

import type { PluginEvent, TaplineError } from "@tapline/protocol";
import type { RunEvent } from "../model/run-event.ts";
import type { Part } from "../model/step.ts";
import type { Grace, StopSource } from "../model/stop.ts";
import { type Child, type StartOptions, startChild } from "../process/child.ts";
import type { StopSwitch } from "../process/stop-switch.ts";
import type { RunKey, Store } from "../state/store.ts";
import type { Call } from "./plugin-arguments.ts";
import type { Progress } from "./progress.ts";

export interface Run extends Call {
  store: Store;
  stop: StopSource;
  /** Stops the run from within. */
  halt: StopSwitch;
  grace: Grace;
  /** Of the project. */
  folder: string;
  progress: Progress;
  /** JSON text. */
  stateBefore: string | null;
  /** The run that committed it. */
  stateIsOf: string | null;
  /** A state could not be saved. */
  storeFailure?: TaplineError;
  onEvent(event: RunEvent): void;
}

export function keyOf({ runId, step }: Pick<Run, "runId" | "step">): RunKey {
  return { runId, stateId: step.stateId };
}

/** @throws plugin_not_started, store_unusable */
export async function startPlugin(run: Run, part: Part, how: Pick<StartOptions, "args" | "stdio" | "control">): Promise<Child> {
  const { plugin, executable } = part.ready;
  const child = await startChild({ name: plugin.name, executable, cwd: run.folder, env: plugin.env, ...how });
  try {
    await run.store.noteChild(keyOf(run), child.identity);
  } catch (error) {
    await child.stop("SIGTERM", part.role === "target" ? run.grace.targetMs : run.grace.tapMs);
    throw error;
  }
  return child;
}

export function hear(run: Run, { role, ready }: Part, event: PluginEvent): void {
  run.progress.record(role, event);
  const plugin = ready.plugin.name;
  if (event.kind === "count" || event.kind === "summary") run.onEvent({ type: "progress", streams: run.progress.streams() });
  if (event.kind === "error" && event.stack !== undefined) run.onEvent({ type: "log", plugin, level: "error", message: event.stack });
  if (event.kind === "log") run.onEvent({ type: "log", plugin, level: event.level, message: event.message });
}
