/** A stream that a load has open: its writer, and the counts of what was received, loaded and rejected. */
import type { JsonSchema } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { RowReader } from "./batch.ts";
import type { Activated } from "./cut.ts";
import type { LoadMethod, StreamCounts, Writer } from "./define.ts";

export interface OpenStream {
  /** The last SCHEMA that arrived; the writer may not have it yet. */
  definition: string;
  schema: JsonSchema;
  /** The same before flattening: that of the records. */
  sent: JsonSchema;
  /** Its records are stored as they are: a database may read them from a file itself. */
  canTakeFiles: boolean;
  loadMethod: LoadMethod;
  hasKeys: boolean;
  writer: Writer;
  read: RowReader;
  openedAt: number;
  lastAt: number;
  received: number;
  rejected: number;
  /** Rejected rows of those files that rows name. */
  rejectedFiles: Map<string, number>;
  /** What is durable. */
  counts: Required<StreamCounts>;
  sinceCommit: Tally;
  /** Arrived before any row, so it acts at the end of the input, when the stream is whole. */
  early: Activated | undefined;
}

/** Rows handed to the writer since the last commit, and how many of them were rejected. Batches are released once they are written. */
export interface Tally {
  written: number;
  rejected: number;
  /** Of the rejected rows, those that name their file. */
  files: Map<string, number>;
}

export const newTally = (): Tally => ({ written: 0, rejected: 0, files: new Map() });

export function tallyReject(tally: Tally, file: string | undefined): void {
  tally.rejected++;
  if (file !== undefined) addTo(tally.files, file, 1);
}

function addTo(counts: Map<string, number>, file: string, more: number): void {
  counts.set(file, (counts.get(file) ?? 0) + more);
}

export function newStream(
  start: Pick<OpenStream, "definition" | "schema" | "sent" | "canTakeFiles" | "loadMethod" | "hasKeys" | "writer" | "read" | "sinceCommit">,
): OpenStream {
  const now = Date.now();
  const counts = { inserted: 0, updated: 0, superseded: 0, deleted: 0, deleteRecords: 0 };
  return { ...start, openedAt: now, lastAt: now, received: 0, rejected: 0, rejectedFiles: new Map(), counts, early: undefined };
}

/**
 * Adds what a commit did to the stream. @returns the rows that are no longer uncommitted
 * @throws counts_disagree: rows are missing or counted twice
 */
export function addCommitted(stream: string, open: OpenStream, done: StreamCounts | undefined): number {
  const { inserted = 0, updated = 0, superseded = 0, deleted = 0, deleteRecords = 0 } = done ?? {};
  const { written, rejected } = open.sinceCommit;
  const counted = inserted + updated + superseded + deleteRecords + rejected;
  if (counted !== written) throw errors.counts_disagree({ received: written, counted }, { stream });
  open.counts.inserted += inserted;
  open.counts.updated += updated;
  open.counts.superseded += superseded;
  open.counts.deleted += deleted;
  open.counts.deleteRecords += deleteRecords;
  open.rejected += rejected;
  for (const [file, count] of open.sinceCommit.files) addTo(open.rejectedFiles, file, count);
  Object.assign(open.sinceCommit, newTally());
  return written;
}
