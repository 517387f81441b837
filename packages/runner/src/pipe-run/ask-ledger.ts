/** Asks a target with a ledger for its last commit (`--last-state`), in a separate process. */
import { type LastState, readLastState } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { mainEntry } from "../model/last-commits.ts";
import { makeLedgerId } from "../model/state-id.ts";
import { collectOutput } from "../process/collect.ts";
import type { RunFolder } from "../process/run-folder.ts";
import { handlePluginEvent, type LiveRun, startPlugin } from "./live-run.ts";
import { targetArguments } from "./plugin-arguments.ts";

export type LedgerAnswer = { entry: LastState } | { failure: Failure };

/**
 * The question also takes the entry for this run, so that a target which a dead run left running cannot commit after this answer.
 * `lane` is the entry to ask for, "/1" for that of the first lane; default: that of the run.
 */
export async function askLedger(run: LiveRun, folder: RunFolder, lane = mainEntry): Promise<LedgerAnswer> {
  const { name } = run.step.target.plugin;
  const target = { role: "target", ready: run.step.target } as const;
  const ledgerId = lane === mainEntry ? run.ledgerId : makeLedgerId(`${run.step.stateId}${lane}`, run.store.id);
  const args = [...targetArguments({ ...run, ledgerId }, folder), "--last-state", ledgerId];
  const child = await startPlugin(run, target, { args, stdio: ["ignore", "pipe", "pipe"] });
  const collected = await collectOutput(child, {
    name,
    redact: run.step.redact,
    stop: run.stop.asked,
    graceMs: run.grace.targetMs,
    onEvent: (event) => handlePluginEvent(run, target, event),
  });
  if ("failure" in collected) return collected;
  const entry = readLastState(collected.output, ledgerId);
  if (entry !== undefined) return { entry };
  const start = run.step.redact(collected.output.slice(0, 80));
  return { failure: asFailure(name, errors.last_state_unreadable({ start })) };
}
