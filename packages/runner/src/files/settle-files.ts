/** Puts the files of a state id away by what its state says of them, at the start and at the end of a run. */
import { lstatSync } from "node:fs";
import type { Failure } from "../model/failure.ts";
import { blamed } from "./blame.ts";
import { type Claim, contentKey, isSameFile, type LoadedContent } from "./file-facts.ts";
import { changeClaim, claimsOf, type FileRun, ownerOf, placeOf } from "./file-run.ts";
import { stateOfFiles } from "./progress.ts";
import { putAsDecided, putDuplicate, putLoaded } from "./put-away.ts";
import { lookAt } from "./settled.ts";
import { type Candidate, decide } from "./take-files.ts";

/** How many rows of the stream in the file the target has rejected; null: that is not known. */
export type TargetRejects = (stream: string, path: string) => number | null;

/** @throws file_not_archived and those of the store */
export async function settleFiles(
  run: FileRun,
  state: string | null,
  { failure, rejects }: { failure: Failure | null; rejects: TargetRejects } = { failure: null, rejects: () => null },
): Promise<void> {
  const { store, step, runId, log } = run;
  const known = stateOfFiles(state);
  const all = await claimsOf(store, ownerOf(run));
  const claims = [...all.values()].filter(({ stateId, hasFailed }) => stateId === step.stateId && hasFailed !== true);
  const open = claims.filter((claim) => claim.end === undefined && known.loaded(claim) === undefined);
  const bad = blamed(failure, open);
  for (const claim of claims) {
    const loaded = known.loaded(claim);
    if (loaded !== undefined) {
      // Written to after it was read: it stays, and the next run takes it as what follows on this claim.
      if (isWritten(run, claim)) log("info", `${claim.path} was written to after it was loaded, and stays`);
      else await putLoaded(run, claim, { ...loaded, byTarget: rejectedOf(claim, rejects) });
    } else if (claim.end !== undefined) await putAsDecided(run, claim, claim.end);
    else if (claim === bad && failure !== null) {
      const end = { outcome: "failure", runId, error: `${failure.plugin}: ${failure.message}` } as const;
      await changeClaim(run, claim, { ...claim, end });
      await putAsDecided(run, { ...claim, end }, end);
    } else if (lstatSync(placeOf(run, claim.path), { throwIfNoEntry: false }) === undefined) await changeClaim(run, claim, null);
    else if (failure !== null && claim.runId === runId)
      await changeClaim(run, claim, { ...claim, error: { runId, message: failure.message } });
  }
}

/** Of a file that an earlier run began, its rejects are not known. */
function rejectedOf({ streams, path, attempt }: Claim, rejects: TargetRejects): number | null {
  const counts = streams.map((stream) => rejects(stream, path));
  const sum = counts.reduce((all, count) => (all === null || count === null ? null : all + count), 0);
  return sum === 0 || attempt === 1 ? sum : null;
}

/** A file with the content of another one of this run: that one is loaded now, or this one waits for the next run. */
export async function settleTwin(run: FileRun, twin: Candidate): Promise<void> {
  const content = await run.store.facts.get<LoadedContent>("file", contentKey(run.step.stateId, twin.sha256));
  const look = lookAt(placeOf(run, twin.path), {});
  if (content?.runId !== run.runId || look === undefined || !isSameFile(look, twin)) return;
  const [decision] = await decide(run, [twin], { hasBookmark: () => true });
  if (decision?.kind === "duplicate") await putDuplicate(run, decision.claim, decision.of);
}

function isWritten(run: FileRun, claim: Claim): boolean {
  const look = lookAt(placeOf(run, claim.path), {});
  return look !== undefined && !isSameFile(look, claim);
}
