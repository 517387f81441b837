/** Puts a claimed file away and records it: first the move, then the facts. What a kill interrupts, the next run finishes. */
import { relative, resolve } from "node:path";
import { errors } from "../errors.ts";
import { archiveOf } from "../model/files-schema.ts";
import { snakeKeys } from "../runs/event-line.ts";
import { archiveFile } from "./archive-file.ts";
import { type Claim, claimKey, contentKey, type LoadedContent, type Outcome, type PutAway, putAwayKey } from "./file-facts.ts";
import { type FileRun, ownerOf, placeOf } from "./file-run.ts";
import { putMarkerAway } from "./marker.ts";

export interface FileRows {
  sent: number;
  /** By the tap. */
  rejected: number;
  /** Of those that were sent; null: the target does not tell of which file they are. */
  byTarget: number | null;
}

/** Its rows are committed. @throws file_not_archived, store_unusable, store_unreachable */
export async function putLoaded(run: FileRun, claim: Claim, { sent, rejected, byTarget }: FileRows): Promise<void> {
  const rows = { read: sent + rejected, loaded: byTarget === null ? null : sent - byTarget, rejected: rejected + (byTarget ?? 0) };
  const { archivedAs } = await putAway(run, claim, { outcome: "success", runId: claim.runId, rows });
  run.log("info", `${claim.path} is loaded, and is now ${archivedAs ?? "gone"}`);
}

/** @throws as `putLoaded` */
export async function putAsDecided(run: FileRun, claim: Claim, end: NonNullable<Claim["end"]>): Promise<void> {
  const { archivedAs } = await putAway(run, claim, { ...end, rows: { read: 0, loaded: 0, rejected: 0 } });
  const why = end.outcome === "failure" ? "could not be loaded" : `has the content of ${end.duplicateOf}, which was loaded`;
  run.log("warning", `${claim.path} ${why}, and is now ${archivedAs ?? "gone"}`);
}

/** @throws as `putLoaded` */
export function putDuplicate(run: FileRun, claim: Claim, { path }: LoadedContent): Promise<void> {
  return putAsDecided(run, claim, { outcome: "duplicate", runId: run.runId, duplicateOf: path });
}

interface End {
  outcome: Outcome;
  /** The run that loaded it, or failed to. */
  runId: string;
  rows: { read: number; loaded: number | null; rejected: number };
  error?: string | undefined;
  duplicateOf?: string | undefined;
}

async function putAway(run: FileRun, claim: Claim, { outcome, runId, rows, error, duplicateOf }: End): Promise<PutAway> {
  const { store, project, settings } = run;
  const { id, path, streams, size, mtime, sha256, attempt, stateId, claimedAt } = claim;
  const owner = ownerOf(run);
  const record: Omit<PutAway, "archivedAs"> = {
    ...{ id, path, streams, outcome, size, mtime: timeOf(mtime), sha256, attempt },
    ...{ rowsRead: rows.read, rowsLoaded: rows.loaded, rowsRejected: rows.rejected },
    ...{ runId, stateId, claimedAt, putAwayAt: new Date().toISOString() },
    ...(error === undefined ? {} : { error }),
    ...(duplicateOf === undefined ? {} : { duplicateOf }),
  };
  const from = placeOf(run, path);
  const archive = resolve(project.folder, archiveOf(settings));
  const failed = (thrown: Error): never => {
    throw errors.file_not_archived({ path, archive: archiveOf(settings), reason: thrown.message }, { file: path }, thrown);
  };
  const itsRecord = snakeKeys({ environment: owner.environment, ...record });
  const archived = await archiveFile({ from, archive, outcome, day: claimedAt, id, sha256, record: itsRecord }).catch(failed);
  if (archived !== undefined) putMarkerAway(from, archived, settings);
  const past: PutAway = { ...record, archivedAs: archived === undefined ? null : relative(project.folder, archived) };
  const keys = [claimKey(owner, path), putAwayKey(owner, past), contentKey(stateId, sha256)] as const;
  await store.facts.decide<unknown, void>("file", keys, ([before], now) => ({
    answer: undefined,
    write: {
      // A claim that another file got since is not this one's.
      ...((before as Claim | undefined)?.id === id && { [keys[0]]: outcome === "failure" ? asFailed(claim) : null }),
      [keys[1]]: past,
      // Files without rows are alike, and none of them is a copy of another.
      ...(outcome === "success" &&
        rows.read > 0 && { [keys[2]]: { id, path, runId, loadedAt: now.toISOString() } satisfies LoadedContent }),
    },
  }));
  return past;
}

const asFailed = ({ end: _, ...claim }: Claim): Claim => ({ ...claim, hasFailed: true });

const timeOf = (nanoseconds: string): string => new Date(Number(BigInt(nanoseconds) / 1_000_000n)).toISOString();
