/** The state the tap starts from: the one that is kept, none, or the one that is kept without some streams. Pure. */
import { withoutStreams } from "../state/change-state.ts";

export interface StartStateOptions {
  /** JSON text. */
  kept: string | null;
  /** The run that committed it. */
  keptBy: string | null;
  /** Streams to read from the beginning; true: all. */
  fullRefresh: boolean | readonly string[];
  /** The target replaces whole tables, so it must get whole streams. */
  overwrite: boolean;
  /** The runs that this one repeats. */
  earlierTries: readonly string[];
}

export interface StartState {
  /** JSON text. */
  state: string | null;
  /** The streams that start over; true: all. */
  startOver: boolean | readonly string[];
}

/** @throws stream_not_in_state */
export function startStateOf({ kept, keptBy, fullRefresh, overwrite, earlierTries }: StartStateOptions): StartState {
  if (overwrite) return { state: null, startOver: false };
  // A full refresh continues from what an earlier try of it has loaded.
  const isOwn = keptBy !== null && earlierTries.includes(keptBy);
  if (isOwn || fullRefresh === false || kept === null) return { state: kept, startOver: !isOwn && fullRefresh };
  return { state: fullRefresh === true ? null : withoutStreams(kept, fullRefresh), startOver: fullRefresh };
}
