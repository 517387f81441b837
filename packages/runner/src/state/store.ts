/**
 * Where states are kept, whatever keeps them: one interface over SQLite, a file and PostgreSQL. A state is JSON text as the
 * target sent it, so no digit of a bookmark is lost. At most one run of a state id is open at a time, over processes and
 * hosts, and only that run may save.
 */
import type { RunStatus } from "@tapline/protocol";
import type { ProcessIdentity } from "../process/liveness.ts";
import type { Runner } from "./host.ts";

export interface StoredState {
  stateId: string;
  /** JSON text. */
  value: string;
  updatedAt: string;
  runId: string;
}

export interface RunKey {
  runId: string;
  stateId: string;
}

/** A run that was not ended, with the processes it had. */
export interface OpenRun {
  runId: string;
  startedAt: string;
  runner: Runner;
  /** Until when it counts as alive for other machines. */
  leaseUntil: string | null;
  /** The target first: that is the order in which they must be stopped. */
  children: ProcessIdentity[];
}

/** The last run or change by hand of a state id that was settled. */
export interface PreviousRun {
  runId: string;
  status: RunStatus;
}

export type Claim =
  | { outcome: "claimed"; previous: PreviousRun | null }
  /** Its runner lives. */
  | { outcome: "busy"; run: OpenRun }
  /** Its runner is dead, but children of it live on this machine. */
  | { outcome: "leftover"; run: OpenRun };

/** A state that is known from elsewhere. */
export interface TakenState {
  /** JSON text. */
  value: string;
  /** The run that committed it. */
  runId: string;
}

export type ChangeKind = "set" | "clear" | "edit" | "merge" | "copy" | "move" | "rollback" | "import";

/** A state that a person changes. */
export interface Change extends RunKey {
  kind: ChangeKind;
  /** JSON text; null forgets it. */
  value: string | null;
  /** What must be kept for the change to be made, null for nothing. Not given: whatever is there. */
  expected?: string | null;
}

/** A run or a change by hand, with the state before and after it. */
export interface PastRun extends RunKey {
  kind: "run" | ChangeKind;
  status: RunStatus;
  startedAt: string;
  endedAt: string | null;
  /** JSON text; null: there was none. */
  before: string | null;
  after: string | null;
}

export interface Store extends AsyncDisposable {
  /** Of this store, made once: hexadecimal digits. */
  readonly id: string;
  /** Where it is, for people; without secrets. */
  readonly place: string;
  /** How long a run counts as alive for other machines after it last said so. */
  readonly leaseMs: number;
  /** Opens a run of this state id unless another one lives. */
  claim(run: RunKey): Promise<Claim>;
  /** Decides which state a claimed run goes on from: the one that is kept, or `taken`, which is then kept. @throws lease_lost */
  settle(run: RunKey, taken: TakenState | null): Promise<StoredState | undefined>;
  noteChild(run: RunKey, child: ProcessIdentity): Promise<void>;
  /** Says that the run is alive. @throws lease_lost */
  beat(run: RunKey): Promise<void>;
  markCrashed(run: RunKey): Promise<void>;
  /** Does nothing when another run has taken its place. */
  endRun(run: RunKey, status: Exclude<RunStatus, "running">): Promise<void>;
  /**
   * Nothing works on this run any more. Call it however a run ended: where its end could not be recorded, it holds its state id no
   * longer. No I/O, never throws.
   */
  letGo(run: RunKey): void;
  state(stateId: string): Promise<StoredState | undefined>;
  /** By id. */
  states(): Promise<StoredState[]>;
  /** @throws lease_lost: the run is not open any more, so its state must not hide what came after it */
  saveState(run: RunKey, value: string): Promise<void>;
  /** All of them or none; in the history like runs. @throws already_running, state_changed */
  change(changes: readonly Change[]): Promise<void>;
  /** Newest first. */
  history(stateId: string, limit?: number): Promise<PastRun[]>;
}
