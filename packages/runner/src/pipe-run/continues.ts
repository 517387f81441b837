/** What the run builds on, for the target to compare with its ledger before it reads any input. Pure. */
import { type Catalog, type Continues, isObject, parseExact } from "@tapline/protocol";
import { selectedStreams } from "../catalog/shape.ts";

export interface ContinuesOptions {
  /** The run of the last commit; undefined: unknown, or a person accepted what the database holds. */
  lastCommit: string | undefined;
  /** The state the tap starts from, as JSON text. */
  state: string | null;
  /** Each stream that the run reads starts from its beginning, so none continues. */
  isWhole: boolean;
  /** The target replaces whole tables. */
  overwrite: boolean;
  /** What the tap reads; undefined: the runner does not know. */
  catalog: Catalog | undefined;
  /** A mapper may rename streams. */
  mapped: boolean;
}

/** undefined: nothing is compared, and the ledger forgets tables that are gone. */
export function continuesOf({ lastCommit, state, isWhole, overwrite, catalog, mapped }: ContinuesOptions): Continues | undefined {
  if (lastCommit === undefined || (state === null && !overwrite)) return undefined;
  if (isWhole || state === null) return { run_id: lastCommit, streams: [] };
  const bookmarks = continuedBookmarks(state);
  if (bookmarks?.size === 0) return { run_id: lastCommit, streams: [] };
  if (bookmarks === undefined || mapped) return { run_id: lastCommit, streams: null };
  if (catalog === undefined) return { run_id: lastCommit, streams: null, bookmarks: [...bookmarks] };
  const continued = selectedStreams(catalog).filter(({ tap_stream_id: id, stream }) => bookmarks.has(id) || bookmarks.has(stream));
  return { run_id: lastCommit, streams: continued.map(({ stream }) => stream) };
}

/**
 * The names, as the target sees them, of the streams whose tables a run replaces: of those that were asked for, the ones it reads from the
 * beginning. Another try of a run that committed its replacement continues from there, and must not replace the table again.
 */
export function replacedStreams(names: readonly string[], state: string | null, { streams }: Catalog): string[] {
  const continued = state === null ? undefined : continuedBookmarks(state);
  const isAsked = (id: string): boolean => names.includes(id) && continued?.has(id) !== true;
  return streams.filter(({ tap_stream_id: id, stream }) => [id, stream].some(isAsked)).map(({ stream }) => stream);
}

/** The names of the bookmarks that a tap continues from; undefined: the state has another form than Singer's. */
export function continuedBookmarks(state: string): ReadonlySet<string> | undefined {
  const { bookmarks } = parseExact(state) as { bookmarks?: unknown };
  if (!isObject(bookmarks)) return undefined;
  return new Set(Object.keys(bookmarks).filter((name) => isContinued(bookmarks[name])));
}

/** A stream that is read whole each time has a bookmark too, if it is versioned. */
function isContinued(bookmark: unknown): boolean {
  return isObject(bookmark) ? Object.keys(bookmark).some((field) => field !== "version") : bookmark !== null;
}
