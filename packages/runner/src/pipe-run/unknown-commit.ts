/** Why a run that continues from a state does not know the last commit, so that its target compares nothing. */
import { isRunKind } from "../state/store.ts";
import { keyOf, type LiveRun } from "./live-run.ts";

/** null: the last commit is known, or there was none, as all streams were empty so far. Call it before the run's first commit. */
export async function whyCommitIsUnknown(run: Pick<LiveRun, "store" | "state" | "runId" | "step">): Promise<string | null> {
  if (Object.keys(run.state.lastCommits).length > 0) return null;
  const { runId, stateId } = keyOf(run);
  const earlier = (await run.store.history(stateId)).filter((each) => each.runId !== runId);
  const known = earlier.findIndex(({ lastCommits }) => Object.keys(lastCommits).length > 0);
  const change = earlier.slice(0, known === -1 ? undefined : known).find(({ kind }) => !isRunKind(kind));
  return change === undefined ? null : `the state was changed by hand (${change.kind})`;
}
