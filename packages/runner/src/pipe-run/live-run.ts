/** A run that holds its state id: starts its plugins, with a note in the store for the run after a crash, and handles what they report. */
import { type PluginEvent, type ReceivedControlMessage, readCommitted } from "@tapline/protocol";
import { mainEntry } from "../model/last-commits.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { RunFacts } from "../model/run-facts.ts";
import type { RunState } from "../model/run-state.ts";
import type { Part } from "../model/step.ts";
import type { StopSource } from "../model/stop.ts";
import { type Child, type StartOptions, startChild } from "../process/child.ts";
import type { RunKey, Store } from "../state/store.ts";
import { targetFactsOf } from "./plugin-arguments.ts";

export interface LiveRun extends RunFacts {
  readonly store: Store;
  readonly stop: StopSource;
  readonly state: RunState;
  /** The tap stays and follows its source until somebody stops the run. */
  readonly follows?: boolean;
  onEvent(event: RunEvent): void;
}

export function keyOf({ runId, step }: Pick<LiveRun, "runId" | "step">): RunKey {
  return { runId, stateId: step.stateId };
}

/** The id of the tap's state, unique to the project. Lanes are parts of one. */
export const tapIdOf = ({ ledgerId }: Pick<LiveRun, "ledgerId">): string => ledgerId.replace(/\/\d+@/, "@");

/** @throws plugin_not_started, store_unusable */
export async function startPlugin(
  run: LiveRun,
  part: Part,
  options: Pick<StartOptions, "args" | "stdio" | "control" | "onControl">,
): Promise<Child> {
  const { plugin, executable } = part.ready;
  const child = await startChild({
    name: plugin.name,
    executable,
    cwd: run.folder,
    processEnv: run.processEnv,
    env: plugin.env,
    target: part.role === "tap" ? targetFactsOf(run.step) : undefined,
    follows: part.role === "tap" && run.follows,
    stateId: part.role === "tap" ? tapIdOf(run) : undefined,
    ...options,
  });
  try {
    await run.store.noteChild(keyOf(run), child.identity);
  } catch (error) {
    await child.stop("SIGTERM", part.role === "target" ? run.grace.targetMs : run.grace.tapMs);
    throw error;
  }
  return child;
}

/** A commit of the target is durable. Its rows are counted, and its run is saved with the state that follows it. */
export function handleControlMessage({ state, runId }: Pick<LiveRun, "state" | "runId">, message: ReceivedControlMessage): void {
  const committed = readCommitted(message);
  if (committed === undefined) return;
  state.commit(mainEntry, runId);
  state.progress.recordCommit(committed.streams);
}

/** Counts what a plugin reported, and passes on what people want to see. */
export function handlePluginEvent({ state, onEvent }: LiveRun, { role, ready }: Part, event: PluginEvent): void {
  const plugin = ready.plugin.name;
  state.progress.record(role, event, plugin);
  if (event.kind === "count" || event.kind === "progress" || event.kind === "lag" || event.kind === "summary") {
    const lag = state.progress.lag();
    onEvent({ type: "progress", streams: state.progress.streams(), read: state.progress.read(), ...(lag !== undefined && { lag }) });
  }
  if (event.kind === "error" && event.stack !== undefined) onEvent({ type: "log", plugin, level: "debug", message: event.stack });
  if (event.kind === "log") onEvent({ type: "log", plugin, level: event.level, message: event.message });
}
