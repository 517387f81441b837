/**
 * Whether a run may continue over this database: its last commit must be the one that the project knows of, and each stream that is not
 * read from its beginning must have its table. Otherwise earlier rows are missing, and the run would never notice.
 */
import { type Continues, refusalsToContinue, type TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { hadRows, type LoadedStreams, nothingLoaded } from "./loaded-streams.ts";
import type { MissingTable } from "./missing-tables.ts";

/** The ledger's row of a state id. */
export interface LedgerRow {
  /** The last commit that reached a STATE. */
  commit: { runId: string; at: string } | undefined;
  loaded: LoadedStreams;
}

export const emptyRow: LedgerRow = { commit: undefined, loaded: nothingLoaded };

/** The ledger as messages name it. */
export interface LedgerLabel {
  stateId: string;
  /** Of a database: quoted and qualified. */
  table: string;
  /** The database: a path, or a server with the database's name. */
  location: string;
  /** Where rows are in files: the folder, and its file that is the ledger. Default: the database and its table. */
  words?: { place: string; ledger: string };
}

/** What a run is given about the runs before it. */
export interface Continuation {
  continues: Continues | undefined;
  /** The streams whose tables the run replaces. Where other streams are refused, the command to type names these as well. */
  replaced: readonly string[];
}

/** Whether the ledger has to be as the project knows it. */
export function isCompared(continues: Continues | undefined): boolean {
  return continues !== undefined && continues.streams?.length !== 0;
}

/**
 * What the run's commits add to. `missing` returns those of the streams that have no table.
 * @throws ledger_missing, ledger_differs, table_missing, rows_missing
 */
export async function loadedBefore(
  label: LedgerLabel,
  { commit, loaded }: LedgerRow,
  { continues, replaced }: Continuation,
  missing: (streams: readonly string[]) => Promise<MissingTable[]>,
): Promise<LoadedStreams> {
  if (continues === undefined) return forgetMissing(loaded, missing);
  if (continues.streams?.length === 0) return commit?.runId === continues.run_id ? loaded : { ...nothingLoaded, gap: continues.run_id };
  compareCommit(label, commit, continues);
  const { streams, gap } = loaded;
  const unknown = (continues.streams ?? continues.bookmarks ?? []).filter((stream) => !streams.has(stream));
  if (gap !== undefined && unknown.length > 0) {
    const again = [...replaced.filter((stream) => !streams.has(stream)), ...unknown];
    throw errors.rows_missing({ ...label, streams: unknown, again, lost: gap });
  }
  const loadedOnes = [...streams].filter(([, totals]) => hadRows(totals)).map(([stream]) => stream);
  const expected = loadedOnes.filter((stream) => !replaced.includes(stream) && (continues.streams?.includes(stream) ?? true));
  const gone = await missing(expected);
  if (gone.length > 0) {
    const replacedOnes = await missing(loadedOnes.filter((stream) => replaced.includes(stream)));
    throw errors.table_missing({ ...label, gone, again: [...replacedOnes, ...gone].map(({ stream }) => stream) });
  }
  return loaded;
}

/** Whether the error is one of `loadedBefore`. */
export function isMismatch({ code }: TaplineError): boolean {
  return refusalsToContinue.includes(code);
}

/** The rows are there by other means, so a table that is gone is nothing to look for. */
async function forgetMissing(
  { streams }: LoadedStreams,
  missing: (streams: readonly string[]) => Promise<MissingTable[]>,
): Promise<LoadedStreams> {
  const gone = new Set((await missing([...streams.keys()])).map(({ stream }) => stream));
  return { streams: new Map([...streams].filter(([stream]) => !gone.has(stream))), gap: undefined };
}

function compareCommit(label: LedgerLabel, last: LedgerRow["commit"], { run_id: expected }: Continues): void {
  if (last === undefined) throw errors.ledger_missing({ ...label, expected });
  if (last.runId !== expected)
    throw errors.ledger_differs({ ...label, expected, found: last.runId, at: last.at, age: ageOf(last.runId, expected) });
}

/** Run ids start with the time of the run. */
function ageOf(found: string, expected: string): "older" | "newer" | "different" {
  const time = /^\d{8}T\d{6}Z/;
  const [a, b] = [time.exec(found)?.[0], time.exec(expected)?.[0]];
  if (a === undefined || b === undefined || a === b) return "different";
  return a < b ? "older" : "newer";
}
