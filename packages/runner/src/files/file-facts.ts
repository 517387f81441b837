/** What the store keeps about files: claims by path, what was put away, and which contents were loaded. The kind of fact is `file`. */
import type { Runner } from "../model/runner.ts";

/** What tells a file from another one that takes its place. */
export interface FileLook {
  size: number;
  /** In nanoseconds since 1970, as decimal digits. */
  mtime: string;
  inode: string;
}

/** A file that a run took to load it. It stays until the file is put away; a run that is dead or failed holds it no longer. */
export interface Claim extends FileLook {
  /** The same over all tries to load this content from this path: what the bookmark calls it. */
  id: string;
  path: string;
  /** The streams that the run reads from it. */
  streams: string[];
  sha256: string;
  /** 1 for the first run that took it. */
  attempt: number;
  /** The claim of an earlier file at this path that was loaded in part, or not at all. */
  follows?: string;
  runId: string;
  stateId: string;
  runner: Runner;
  claimedAt: string;
  /** Why its last run did not load it. */
  error?: { runId: string; message: string };
  /** What is to become of it, decided before it is moved. A file whose rows are in the bookmark needs no decision. */
  end?: { outcome: "failure" | "duplicate"; runId: string; error?: string; duplicateOf?: string };
  /** It was put away after its own error; the claim stays, for a file that comes again may go on where it stopped. */
  hasFailed?: true;
}

export type Outcome = "success" | "failure" | "duplicate";

/** A file that was put away; the record beside it has the same, in snake_case. */
export interface PutAway {
  id: string;
  path: string;
  streams: string[];
  outcome: Outcome;
  /** Relative to the folder of tapline.yml; null: somebody took it away before it could be moved. */
  archivedAs: string | null;
  size: number;
  mtime: string;
  sha256: string;
  attempt: number;
  rowsRead: number;
  /** null: the target rejected rows, and it is not known of which file. */
  rowsLoaded: number | null;
  /** By the tap, and by the target where `rowsLoaded` is known. */
  rowsRejected: number;
  runId: string;
  stateId: string;
  claimedAt: string;
  putAwayAt: string;
  error?: string;
  duplicateOf?: string;
}

/** A content that was loaded under a state id. */
export interface LoadedContent {
  id: string;
  path: string;
  runId: string;
  loadedAt: string;
}

/** From when on the contents of a stream count: its bookmark was gone then, so what was loaded before may be loaded again. */
export interface Since {
  at: string;
  runId: string;
}

export interface Owner {
  environment: string;
  /** The tap's name. */
  tap: string;
}

export const claimKey = (owner: Owner, path: string): string => `${claimPrefix(owner)}${path}`;
export const claimPrefix = ({ environment, tap }: Owner): string => `claim|${environment}|${tap}|`;
export const putAwayKey = (owner: Owner, { putAwayAt, id }: Pick<PutAway, "putAwayAt" | "id">): string =>
  `${putAwayPrefix(owner)}${putAwayAt}|${id}`;
export const putAwayPrefix = ({ environment, tap }: Owner): string => `past|${environment}|${tap}|`;
export const contentKey = (stateId: string, sha256: string): string => `${contentPrefix(stateId)}${sha256}`;
export const contentPrefix = (stateId: string): string => `content|${stateId}|`;
export const sinceKey = (stateId: string, stream: string): string => `since|${stateId}|${stream}`;

export const isSameFile = (a: FileLook, b: FileLook): boolean => a.size === b.size && a.mtime === b.mtime && a.inode === b.inode;
