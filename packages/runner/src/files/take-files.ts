/** Takes the files that are whole for a run: two looks at each, its checksum, and one decision in the store over all of them. */
import { randomBytes } from "node:crypto";
import type { ClaimedFile } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import { waitUnlessStopped } from "../process/pause.ts";
import { lifeOf, thisRunner } from "../state/host.ts";
import { type Decision, decideClaims } from "./claim-rule.ts";
import { sha256Of } from "./content.ts";
import { type Claim, claimKey, contentKey, type FileLook, isSameFile, type LoadedContent, type Since, sinceKey } from "./file-facts.ts";
import { claimsOf, type FileRun, ownerOf, placeOf } from "./file-run.ts";
import { type StateOfFiles, stateOfFiles } from "./progress.ts";
import { putDuplicate } from "./put-away.ts";
import { type Look, lookAt, pauseFor, whyUnsettled } from "./settled.ts";
import { type SurveyedFile, surveyFiles } from "./survey.ts";

/** A file that is whole. */
export interface Candidate extends FileLook {
  path: string;
  streams: string[];
  sha256: string;
  /** For a claim that is new. */
  newId: string;
}

export interface TakenFiles {
  claimed: ClaimedFile[];
  /** Of the claimed files. */
  streams: string[];
  /** Files that wait for another one of this run with the same content. */
  twins: Candidate[];
}

/** @throws file_not_claimed, file_not_archived, select_invalid and those of the store */
export async function takeFiles(run: FileRun, state: string | null): Promise<TakenFiles | { failure: Failure }> {
  const { project, step, settings, filter, stop, log, onEvent } = run;
  const { tap, redact } = step;
  const found = await surveyFiles({ project, tap, redact, settings, filter, stop: stop.asked, onEvent });
  if ("failure" in found) return found;
  const candidates = await candidatesOf(run, await settled(run, found.files));
  const decisions = await decide(run, candidates, stateOfFiles(state));
  const taken: TakenFiles = { claimed: [], streams: [], twins: [] };
  const streams = new Set<string>();
  for (const [index, decision] of decisions.entries()) {
    const candidate = candidates[index] as Candidate;
    const { path } = candidate;
    if (decision.kind === "claimed") {
      const { id, follows } = decision.claim;
      taken.claimed.push({ path, id, ...(follows === undefined ? {} : { follows }) });
      for (const stream of candidate.streams) streams.add(stream);
    } else if (decision.kind === "held") log("info", `${path} waits: run ${decision.runId} loads it`);
    else if (decision.kind === "twin") taken.twins.push(candidate);
    else await putDuplicate(run, decision.claim, decision.of);
  }
  return { ...taken, streams: [...streams] };
}

/** Looks at the files a second time. */
async function settled(run: FileRun, files: readonly SurveyedFile[]): Promise<(SurveyedFile & { look: Look })[]> {
  const { stop, log, settings } = run;
  for (const { path, streams, outside } of files) {
    if (outside === undefined) continue;
    if (streams.length === 0) log("warning", `${path} is not read: ${outside}`);
    else log("info", `${path} waits: ${outside}`);
  }
  const mine = files.filter(({ outside }) => outside === undefined);
  if (mine.length === 0) return [];
  const looks = mine.map(({ look }) => look);
  await waitUnlessStopped(pauseFor(looks, settings), stop);
  return mine.flatMap((file) => {
    const look = lookAt(placeOf(run, file.path), settings);
    if (look === undefined) return [];
    const why = whyUnsettled(look, settings, file.look);
    if (why === undefined) return [{ ...file, look }];
    log("info", `${file.path} waits: ${why}`);
    return [];
  });
}

async function candidatesOf(run: FileRun, files: readonly (SurveyedFile & { look: Look })[]): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  const claims = await claimsOf(run.store, ownerOf(run));
  for (const { path, read, look } of files) {
    const claim = claims.get(path);
    const { size, mtime, inode } = look;
    const sha256 = claim !== undefined && isSameFile(claim, look) ? claim.sha256 : await contentOf(run, path);
    // It was written while it was read.
    const after = lookAt(placeOf(run, path), {});
    if (after === undefined || !isSameFile(after, look)) continue;
    candidates.push({ path, streams: [...read].sort(), size, mtime, inode, sha256, newId: randomBytes(8).toString("hex") });
  }
  return candidates;
}

async function contentOf(run: FileRun, path: string): Promise<string> {
  return sha256Of(placeOf(run, path)).catch((error: NodeJS.ErrnoException) => {
    throw errors.file_not_claimed({ path, reason: error.message }, { file: path }, error);
  });
}

/** One decision for each candidate, in order. */
export async function decide(
  run: FileRun,
  candidates: readonly Candidate[],
  state: Pick<StateOfFiles, "hasBookmark">,
): Promise<Decision[]> {
  if (candidates.length === 0) return [];
  const { store, step, runId, settings } = run;
  const { stateId } = step;
  const keyOf = ({ path }: { path: string }): string => claimKey(ownerOf(run), path);
  const streams = [...new Set(candidates.flatMap((each) => each.streams))];
  const contentKeys = [...new Set(candidates.map(({ sha256 }) => contentKey(stateId, sha256)))];
  const keys = [...candidates.map(keyOf), ...contentKeys, ...streams.map((stream) => sinceKey(stateId, stream))];
  const alive = await runsAtWork(run, candidates);
  // Contents that were loaded before count only while the stream goes on from a bookmark.
  const begun = streams.filter((stream) => !state.hasBookmark(stream));
  return store.facts.decide<unknown, Decision[]>("file", keys, (values, now) => {
    const kept = new Map(keys.map((key, index) => [key, values[index]]));
    const since = (stream: string): Since | undefined => {
      const before = kept.get(sinceKey(stateId, stream)) as Since | undefined;
      return begun.includes(stream) && before?.runId !== runId ? { at: now.toISOString(), runId } : before;
    };
    const decisions = decideClaims(
      candidates.map((each) => ({
        ...each,
        claim: kept.get(keyOf(each)) as Claim | undefined,
        content: kept.get(contentKey(stateId, each.sha256)) as LoadedContent | undefined,
        since: each.streams.map(since),
      })),
      { runId, stateId, runner: thisRunner(), now: now.toISOString(), duplicates: settings.duplicate_content ?? "skip", alive },
    );
    const claims = decisions.flatMap((decision) => (decision.kind === "claimed" || decision.kind === "duplicate" ? [decision.claim] : []));
    const write = [
      ...claims.map((claim) => [keyOf(claim), claim] as const),
      ...begun.map((stream) => [sinceKey(stateId, stream), since(stream)] as const),
    ];
    return { answer: decisions, write: Object.fromEntries(write) };
  });
}

/** The runs of other state ids that hold claims and may be at work. */
async function runsAtWork({ store, step, ...run }: FileRun, candidates: readonly Candidate[]): Promise<Set<string>> {
  const alive = new Set<string>();
  const claims = await claimsOf(store, ownerOf({ step }));
  for (const { path } of candidates) {
    const claim = claims.get(path);
    if (claim === undefined || claim.stateId === step.stateId || alive.has(claim.runId) || lifeOf(claim.runner) === "dead") continue;
    const [last] = await store.history(claim.stateId, 1);
    if (last?.runId === claim.runId && last.status === "running" && last.runId !== run.runId) alive.add(claim.runId);
  }
  return alive;
}
