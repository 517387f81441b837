/**
 * From which state a run goes on: the store's, or the one in the target's ledger where the last run was killed between
 * a commit and the moment its state was saved. Decided, and kept in the store, before the tap starts.
 */

import { parseExact } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { keepsLedger } from "../model/guarantee.ts";
import { collectOutput } from "../process/collect.ts";
import type { RunFolder } from "../process/run-folder.ts";
import type { PreviousRun, TakenState } from "../state/store.ts";
import { targetArguments } from "./plugin-arguments.ts";
import { hear, keyOf, type Run, startPlugin } from "./run-in-progress.ts";

/** Why the state could not be decided, if it could not: the run then stays unsettled, and the next one asks again. */
export async function settleState(run: Run, previous: PreviousRun | null, folder: RunFolder): Promise<Failure | null> {
  let taken: TakenState | null = null;
  // A run that is done saved all that its target told; one from before the target kept a ledger left nothing in it.
  if (previous !== null && previous.status !== "done" && keepsLedger(run.step.target.about)) {
    const answer = await askLastState(run, folder);
    if ("failure" in answer) return answer.failure;
    taken = takenFrom(answer.entry, previous);
  }
  const state = await run.store.settle(keyOf(run), taken);
  run.stateBefore = state?.value ?? null;
  run.stateIsOf = state?.runId ?? null;
  if (taken !== null) {
    const message = `Run ${taken.runId} did not end well; going on from the state that the target's ledger has of it`;
    run.onEvent({ type: "log", plugin: "tapline", level: "info", message });
  }
  return null;
}

interface LedgerEntry {
  /** Whose commit wrote the state. */
  runId: string | null;
  /** JSON text. */
  state: string | null;
}

/** Whoever changed the state after the ledger's run, by hand or by a run, meant it: the ledger wins only over its own run. */
function takenFrom({ runId, state }: LedgerEntry, previous: PreviousRun): TakenState | null {
  return runId === previous.runId && state !== null ? { runId, value: state } : null;
}

/** It also takes the ledger for this run: a leftover of a dead one can't commit behind this answer. */
async function askLastState(run: Run, folder: RunFolder): Promise<{ entry: LedgerEntry } | { failure: Failure }> {
  const { name } = run.step.target.plugin;
  const target = { role: "target", ready: run.step.target } as const;
  const args = [...targetArguments(run, folder), "--last-state", run.ledgerId];
  const child = await startPlugin(run, target, { args, stdio: ["ignore", "pipe", "pipe"] });
  const collected = await collectOutput(child, {
    name,
    redact: run.step.redact,
    stop: run.stop.asked,
    graceMs: run.grace.targetMs,
    onEvent: (event) => hear(run, target, event),
  });
  if ("failure" in collected) return collected;
  const entry = readEntry(collected.output, run.ledgerId);
  if (entry !== undefined) return { entry };
  const start = run.step.redact(collected.output.slice(0, 80));
  return { failure: asFailure(name, errors.last_state_unreadable({ start })) };
}

function readEntry(output: string, ledgerId: string): LedgerEntry | undefined {
  try {
    const told = parseExact(output) as Record<string, unknown>;
    const { state_id: id, run_id: runId, state } = told;
    if (id !== ledgerId || typeof state !== "object" || Array.isArray(state)) return undefined;
    if (runId !== null && typeof runId !== "string") return undefined;
    return { runId, state: state === null ? null : JSON.stringify(state) };
  } catch {
    return undefined;
  }
}
