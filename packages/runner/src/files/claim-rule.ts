/** Decides which of the files that are whole a run takes. Pure: it is run in one transaction of the store. */
import type { Runner } from "../model/runner.ts";
import { type Claim, type FileLook, isSameFile, type LoadedContent, type Since } from "./file-facts.ts";

/** A file that is whole, with what the store keeps of it. */
export interface KnownCandidate extends FileLook {
  path: string;
  streams: string[];
  sha256: string;
  /** For a claim that is new. */
  newId: string;
  /** What the store keeps of its path, of its content, and of each of its streams. */
  claim: Claim | undefined;
  content: LoadedContent | undefined;
  since: readonly (Since | undefined)[];
}

export interface Taker {
  runId: string;
  stateId: string;
  runner: Runner;
  now: string;
  duplicates: "skip" | "load";
  /** Other runs that hold claims and may be alive. */
  alive: ReadonlySet<string>;
}

export type Decision =
  | { kind: "claimed"; claim: Claim }
  /** Another run loads it. */
  | { kind: "held"; runId: string }
  /** The content was loaded before. It is claimed too, so that it is put away. */
  | { kind: "duplicate"; claim: Claim; of: LoadedContent }
  /** This run loads the same content from another file. */
  | { kind: "twin"; path: string };

/** One decision for each candidate, in order. */
export function decideClaims(candidates: readonly KnownCandidate[], taker: Taker): Decision[] {
  const taken = new Map<string, string>();
  return candidates.map((candidate): Decision => {
    const { claim: before, content, sha256, path } = candidate;
    if (before !== undefined && before.runId !== taker.runId && taker.alive.has(before.runId)) return { kind: "held", runId: before.runId };
    const claim = claimOf(candidate, taker);
    const isLoaded = content !== undefined && content.id !== claim.id && counts(content, candidate.since);
    if (taker.duplicates === "skip" && isLoaded) {
      const end = { outcome: "duplicate", runId: taker.runId, duplicateOf: content.path } as const;
      return { kind: "duplicate", claim: { ...claim, end }, of: content };
    }
    const twin = taken.get(sha256);
    if (taker.duplicates === "skip" && twin !== undefined) return { kind: "twin", path: twin };
    taken.set(sha256, path);
    return { kind: "claimed", claim };
  });
}

/** The same content at the same path is the same claim, so that its load goes on where it stopped. */
function claimOf({ claim: before, newId, path, streams, sha256, size, mtime, inode }: KnownCandidate, taker: Taker): Claim {
  const { runId, stateId, runner, now } = taker;
  const look = { size, mtime, inode };
  const isSame = before !== undefined && before.sha256 === sha256 && (isSameFile(before, look) || before.hasFailed === true);
  if (isSame && before.runId === runId && before.hasFailed !== true) return before;
  const follows = isSame ? before.follows : before?.id;
  return {
    ...look,
    id: isSame ? before.id : newId,
    path,
    streams,
    sha256,
    attempt: isSame ? before.attempt + 1 : 1,
    ...(follows === undefined ? {} : { follows }),
    runId,
    stateId,
    runner,
    claimedAt: now,
  };
}

/** What was loaded before a stream began anew may be loaded again. */
function counts({ loadedAt }: LoadedContent, since: readonly (Since | undefined)[]): boolean {
  return since.every((each) => each === undefined || each.at <= loadedAt);
}
