/**
 * Decides which state a run starts from: the store's, or the one in the target's ledger where the last run was killed between a commit
 * and the save of its state. It is decided, and kept in the store, before the tap starts.
 */
import { capabilities, hasCapability, type LastState } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { keepsLedger } from "../model/guarantee.ts";
import { type LastCommits, mainEntry } from "../model/last-commits.ts";
import type { RunFolder } from "../process/run-folder.ts";
import { mergeStates } from "../state/change-state.ts";
import type { PreviousRun, RunKind, Start, TakenState } from "../state/store.ts";
import { askLedger } from "./ask-ledger.ts";
import { lanesOf } from "./lane-ids.ts";
import { keyOf, type LiveRun } from "./live-run.ts";

/** A failure has the reason why the state could not be decided. The run then stays unsettled, and the next one asks again. */
export async function settleState(
  run: LiveRun,
  previous: PreviousRun | null,
  folder: RunFolder,
  kind: RunKind = "run",
): Promise<Failure | null> {
  const lastCommits = previous?.lastCommits ?? {};
  let taken: TakenState | null = null;
  // A run that is done saved every state its target emitted. One from before the target kept a ledger left nothing in it.
  if (previous !== null && previous.status !== "done" && keepsLedger(run.step.target.about)) {
    const answer = await askLedger(run, folder);
    if ("failure" in answer) return answer.failure;
    taken = takenFrom(answer.entry, previous);
  }
  await settle(run, { taken, lastCommits: taken === null ? lastCommits : { ...lastCommits, [mainEntry]: taken.runId }, kind });
  if (taken !== null) {
    const ended = { failed: "failed", stopped: "was stopped" }[previous?.status as string] ?? "did not finish";
    report(run, `Run ${taken.runId} ${ended}. This run continues after the last rows that it stored in the target`);
  }
  return null;
}

/**
 * Takes the state from the target's ledger, because a person asked for it (`--from-ledger`). Entries of lanes are merged in the order in
 * which they were committed. `mayBeEmpty`: a ledger without an entry means the beginning.
 */
export async function settleFromLedger(run: LiveRun, folder: RunFolder, command: string, mayBeEmpty = false): Promise<Failure | null> {
  const commits: { entry: string; runId: string; value: string; at: string }[] = [];
  for (const entry of [mainEntry, ...(await lanesOf(run.store, run.step.stateId))]) {
    const answer = await askLedger(run, folder, entry);
    if ("failure" in answer) return answer.failure;
    const { run_id: runId, state, committed_at: at } = answer.entry;
    if (runId !== null && state !== null) commits.push({ entry, runId, value: state, at: at ?? "" });
  }
  commits.sort((a, b) => (a.at < b.at ? -1 : 1));
  const last = commits.at(-1);
  if (last === undefined && mayBeEmpty) {
    await settle(run, { taken: null, lastCommits: {}, kind: "from-ledger" });
    return null;
  }
  if (last === undefined) {
    const { name } = run.step.target.plugin;
    return asFailure(name, errors.ledger_empty({ ledgerId: run.ledgerId, command }));
  }
  const value = commits.reduce<string | null>((merged, { value: next }) => mergeStates(merged, next), null) as string;
  const lastCommits = Object.fromEntries(commits.map(({ entry, runId }) => [entry, runId]));
  await settle(run, { taken: { value, runId: last.runId }, lastCommits, kind: "from-ledger" });
  report(
    run,
    `This run starts from the state in the target's ledger, which run ${last.runId} committed${last.at === "" ? "" : ` at ${last.at}`}`,
  );
  return null;
}

async function settle(run: LiveRun, start: Start): Promise<void> {
  // A target that does not report its commits leaves the last one unknown.
  const isReporting = hasCapability(run.step.target.about, capabilities.continues);
  const lastCommits: LastCommits = isReporting ? start.lastCommits : {};
  const state = await run.store.settle(keyOf(run), { ...start, lastCommits });
  run.state.startFrom(state?.value ?? null, state?.runId ?? null);
  run.state.setLastCommits(lastCommits);
}

/** The ledger wins only over its own run: a change of the state after that run, by hand or by another run, was made on purpose. */
function takenFrom({ run_id: runId, state }: LastState, previous: PreviousRun): TakenState | null {
  return runId === previous.runId && state !== null ? { runId, value: state } : null;
}

function report({ onEvent }: LiveRun, message: string): void {
  onEvent({ type: "log", plugin: "tapline", level: "info", message });
}
