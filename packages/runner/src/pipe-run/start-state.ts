/** What the tap goes on from: the state that is kept, all of it, none of it, or all but some streams'. Pure. */
import { withoutStreams } from "../state/change-state.ts";

export interface StartStateOptions {
  /** JSON text. */
  kept: string | null;
  /** The run that committed it. */
  keptBy: string | null;
  /** Streams, or true for all. */
  fullRefresh: boolean | readonly string[];
  /** The target writes its tables anew, so it must get whole streams. */
  overwrite: boolean;
  /** Runs that this one tries again. */
  earlierTries: readonly string[];
}

export interface StartState {
  /** JSON text. */
  state: string | null;
  /** The streams that start over; true for all. */
  startOver: boolean | readonly string[];
}

/** @throws stream_not_in_state */
export function startStateOf({ kept, keptBy, fullRefresh, overwrite, earlierTries }: StartStateOptions): StartState {
  if (overwrite) return { state: null, startOver: false };
  // One that starts over goes on from what an earlier try of it has loaded.
  const isOwn = keptBy !== null && earlierTries.includes(keptBy);
  if (isOwn || fullRefresh === false || kept === null) return { state: kept, startOver: !isOwn && fullRefresh };
  return { state: fullRefresh === true ? null : withoutStreams(kept, fullRefresh), startOver: fullRefresh };
}
