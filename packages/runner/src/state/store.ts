/**
 * Where states are kept: one interface over SQLite, a file and PostgreSQL. A state is JSON text as the target emitted it, so that no digit
 * of a bookmark is lost. At most one run of a state id is open at a time, over processes and machines, and only that run may save.
 */
import type { RunStatus } from "@tapline/protocol";
import type { LastCommits } from "../model/last-commits.ts";
import type { ProcessIdentity, Runner } from "../model/runner.ts";
import type { Facts } from "./facts.ts";

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

/** A run without an end, with the processes it started. */
export interface OpenRun {
  runId: string;
  startedAt: string;
  runner: Runner;
  /** The time until which it counts as alive for other machines. */
  leaseUntil: string | null;
  /** The target first: they must be stopped in this order. */
  children: ProcessIdentity[];
}

/** The last settled run, or change by hand, of a state id. */
export interface PreviousRun {
  runId: string;
  status: RunStatus;
  /** After it. */
  lastCommits: LastCommits;
}

export type Claim =
  | { outcome: "claimed"; previous: PreviousRun | null }
  /** The other run may still be at work. */
  | { outcome: "busy"; run: OpenRun }
  /** The runner of the other run is dead, but processes that it started are alive on this machine. */
  | { outcome: "leftover"; run: OpenRun };

/** A state from a target's ledger. */
export interface TakenState {
  /** JSON text. */
  value: string;
  /** The run that committed it. */
  runId: string;
}

/** What a run starts from. */
export interface Start {
  /** The state that replaces the one that is kept; null: none does. */
  taken: TakenState | null;
  lastCommits: LastCommits;
  /** Default: "run". */
  kind?: RunKind;
}

/** How a run started: from the state that was kept, all streams from the beginning, or from the state in the target's ledger. */
export type RunKind = (typeof runKinds)[number];

const runKinds = ["run", "full-refresh", "from-ledger"] as const;

export const isRunKind = (kind: PastRun["kind"]): kind is RunKind => (runKinds as readonly string[]).includes(kind);

export type ChangeKind = "accept" | "set" | "clear" | "edit" | "merge" | "copy" | "move" | "rollback" | "import";

/** A state that is changed, by a person or, for lanes, by the runner. */
export interface Change extends RunKey {
  kind: ChangeKind;
  /** JSON text; null deletes it. */
  value: string | null;
  /** The change is made only if this is the state that is kept (null: none). Not given: in any case. */
  expected?: string | null;
  /** Default: none. A person who changes a state decides what the next run continues from, so nothing is compared with the ledger. */
  lastCommits?: LastCommits;
}

/** A run or a change by hand, with the state before and after it. */
export interface PastRun extends RunKey {
  kind: RunKind | ChangeKind;
  status: RunStatus;
  startedAt: string;
  endedAt: string | null;
  /** JSON text; null: there was none. */
  before: string | null;
  after: string | null;
  lastCommits: LastCommits;
}

export interface Store extends AsyncDisposable {
  /** The id of this store, created with it: hexadecimal digits. */
  readonly id: string;
  /** Where the store is, for people, without secrets. */
  readonly place: string;
  /** How long a run counts as alive for other machines after `beat`. */
  readonly leaseMs: number;
  /** Opens a run of this state id, unless another one may still be at work. */
  claim(run: RunKey): Promise<Claim>;
  /** The run that a claim of this state id would meet: one at work, or processes that a crashed one left here. */
  holder(stateId: string): Promise<OpenRun | undefined>;
  /** Decides which state a claimed run starts from: the one that is kept, or `taken`, which then replaces it. @throws lease_lost */
  settle(run: RunKey, start: Start): Promise<StoredState | undefined>;
  noteChild(run: RunKey, child: ProcessIdentity): Promise<void>;
  /** Extends the lease of the run. @throws lease_lost */
  beat(run: RunKey): Promise<void>;
  markCrashed(run: RunKey): Promise<void>;
  /** Does nothing when another run has taken its place. */
  endRun(run: RunKey, status: Exclude<RunStatus, "running" | "warning">, lastCommits?: LastCommits): Promise<void>;
  /**
   * Nothing works on this run any more. Call it however a run ended: where its end could not be recorded, it holds its state id no
   * longer. No I/O, never throws.
   */
  letGo(run: RunKey): void;
  state(stateId: string): Promise<StoredState | undefined>;
  /** Sorted by id. */
  states(): Promise<StoredState[]>;
  /**
   * Saves the state, and in the same write the last commits where they are given.
   * @throws lease_lost: the run is no longer open, so its state must not overwrite newer ones
   */
  saveState(run: RunKey, value: string, lastCommits?: LastCommits): Promise<void>;
  /** Saves the last commits alone. @throws lease_lost */
  saveCommits(run: RunKey, lastCommits: LastCommits): Promise<void>;
  /** Makes all changes or none. The history lists them like runs. @throws already_running, state_changed */
  change(changes: readonly Change[]): Promise<void>;
  /** Newest first. */
  history(stateId: string, limit?: number): Promise<PastRun[]>;
  /** What the runner must know besides states. */
  readonly facts: Facts;
}
