/** The state the tap starts from: the one that is kept, none, or the one that is kept without some streams. Pure. */
import { type Catalog, isObject, parseExact } from "@tapline/protocol";
import { selectedStreams } from "../catalog/shape.ts";
import { withoutStreams } from "../state/change-state.ts";

export interface StartStateOptions {
  /** JSON text. */
  kept: string | null;
  /** The run that committed it. */
  keptBy: string | null;
  /** Streams to read from the beginning; true: all that the run reads. */
  fullRefresh: boolean | readonly string[];
  /** The target replaces whole tables, so it must get whole streams. */
  overwrite: boolean;
  /** The runs that this one repeats. */
  earlierTries: readonly string[];
  /** What the tap offers, with the streams that the run reads; undefined: not known. */
  catalog?: Catalog | undefined;
  /** Streams in `fullRefresh` may lack a bookmark: the tap's catalog has them. */
  lenient?: boolean;
}

export interface StartState {
  /** JSON text. */
  state: string | null;
  /** The streams that start over; true: all. */
  startOver: boolean | readonly string[];
  /** Each stream that the run reads starts from its beginning. `state` has bookmarks of other streams, if any. */
  isWhole: boolean;
}

/** @throws stream_not_in_state */
export function startStateOf(options: StartStateOptions): StartState {
  const { kept, keptBy, fullRefresh, overwrite, earlierTries, catalog, lenient = false } = options;
  if (overwrite) return { state: unreadBookmarks(kept, catalog), startOver: false, isWhole: true };
  // A full refresh continues from what an earlier try of it has loaded.
  const isOwn = keptBy !== null && earlierTries.includes(keptBy);
  if (isOwn || fullRefresh === false || kept === null) {
    return { state: kept, startOver: !isOwn && fullRefresh, isWhole: kept === null };
  }
  if (fullRefresh === true) return { state: unreadBookmarks(kept, catalog), startOver: true, isWhole: true };
  return { state: withoutStreams(kept, allNames(fullRefresh, catalog), { lenient }), startOver: fullRefresh, isWhole: false };
}

/** The state with the bookmarks of streams that the tap has and this run does not read; null: there are none. */
function unreadBookmarks(kept: string | null, catalog: Catalog | undefined): string | null {
  if (kept === null || catalog === undefined) return null;
  const state = parseExact(kept) as { bookmarks?: unknown };
  if (!isObject(state.bookmarks)) return null;
  const selected = selectedStreams(catalog);
  // A catalog of an older form selects in another way.
  if (selected.length === 0) return null;
  const read = new Set(selected.flatMap(namesOf));
  const unread = new Set(catalog.streams.filter((stream) => !selected.includes(stream)).flatMap(namesOf));
  const bookmarks = Object.entries(state.bookmarks).filter(([name]) => unread.has(name) && !read.has(name));
  return bookmarks.length === 0 ? null : JSON.stringify({ ...state, bookmarks: Object.fromEntries(bookmarks) });
}

/** A bookmark may be kept under the id or the name of a stream, whichever of them a person typed. */
function allNames(names: readonly string[], catalog: Catalog | undefined): string[] {
  const streams = (catalog?.streams ?? []).map(namesOf).filter((each) => each.some((name) => names.includes(name)));
  return [...new Set([...names, ...streams.flat()])];
}

const namesOf = ({ tap_stream_id: id, stream }: Catalog["streams"][number]): string[] => [id, stream];
