/**
 * What a tap that can follow its source is told by the runner: whether to stay, when to end, and which of its states are stored. A tap gets both
 * in the context of `open`, and passes them on to what reads its log.
 */
import type { Lag, State } from "@tapline/protocol";

/** The run stays: the tap reads what there is, and then what comes, until `ends` is aborted. */
export interface Follow {
  /**
   * Aborted when the run shall end. Finish the transaction that is under way, yield a checkpoint and return: the target then commits all that was
   * sent. A tap that takes longer than some seconds is stopped by `signal`, and its target commits up to the last checkpoint.
   */
  readonly ends: AbortSignal;
  /** Call it about once a second with how far the tap is behind its source; people see it. `bytes` null: not known. */
  lag(behind: Lag): void;
}

/** Which of the states that the tap sent in this run are stored. What a source keeps for changes before them, it may forget. */
export interface Durable {
  /** The newest one; undefined: none yet. Look at it from time to time. Each is a whole state: read a bookmark of it with `bookmarkOf`. */
  readonly state: State | undefined;
}
