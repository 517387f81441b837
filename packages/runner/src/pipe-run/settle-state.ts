/**
 * Decides which state a run starts from: the store's, or the one in the target's ledger where the last run was killed between a commit
 * and the save of its state. It is decided, and kept in the store, before the tap starts.
 */
import { type LastState, readLastState } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { keepsLedger } from "../model/guarantee.ts";
import { collectOutput } from "../process/collect.ts";
import type { RunFolder } from "../process/run-folder.ts";
import type { PreviousRun, TakenState } from "../state/store.ts";
import { handlePluginEvent, keyOf, type LiveRun, startPlugin } from "./live-run.ts";
import { targetArguments } from "./plugin-arguments.ts";

/** A failure has the reason why the state could not be decided. The run then stays unsettled, and the next one asks again. */
export async function settleState(run: LiveRun, previous: PreviousRun | null, folder: RunFolder): Promise<Failure | null> {
  let taken: TakenState | null = null;
  // A run that is done saved every state its target emitted. One from before the target kept a ledger left nothing in it.
  if (previous !== null && previous.status !== "done" && keepsLedger(run.step.target.about)) {
    const answer = await askLastState(run, folder);
    if ("failure" in answer) return answer.failure;
    taken = takenFrom(answer.entry, previous);
  }
  const state = await run.store.settle(keyOf(run), taken);
  run.state.startFrom(state?.value ?? null, state?.runId ?? null);
  if (taken !== null) {
    const message = `Run ${taken.runId} did not end well; this run starts from the state that the target's ledger has of it`;
    run.onEvent({ type: "log", plugin: "tapline", level: "info", message });
  }
  return null;
}

/** The ledger wins only over its own run: a change of the state after that run, by hand or by another run, was made on purpose. */
function takenFrom({ run_id: runId, state }: LastState, previous: PreviousRun): TakenState | null {
  return runId === previous.runId && state !== null ? { runId, value: state } : null;
}

/** The question also takes the ledger for this run, so that a leftover target of a dead run cannot commit after this answer. */
async function askLastState(run: LiveRun, folder: RunFolder): Promise<{ entry: LastState } | { failure: Failure }> {
  const { name } = run.step.target.plugin;
  const target = { role: "target", ready: run.step.target } as const;
  const args = [...targetArguments(run, folder), "--last-state", run.ledgerId];
  const child = await startPlugin(run, target, { args, stdio: ["ignore", "pipe", "pipe"] });
  const collected = await collectOutput(child, {
    name,
    redact: run.step.redact,
    stop: run.stop.asked,
    graceMs: run.grace.targetMs,
    onEvent: (event) => handlePluginEvent(run, target, event),
  });
  if ("failure" in collected) return collected;
  const entry = readLastState(collected.output, run.ledgerId);
  if (entry !== undefined) return { entry };
  const start = run.step.redact(collected.output.slice(0, 80));
  return { failure: asFailure(name, errors.last_state_unreadable({ start })) };
}
