/**
 * Back-fills and their partitions as facts of the store. A back-fill that is not done holds its range: another one of the same pipe may not
 * overlap it. A partition is held by its run, with a lease, as a tick is; one whose holder is dead is claimed again.
 */
import type { Runner } from "../model/runner.ts";
import type { FactDecision } from "../state/facts.ts";
import type { Store } from "../state/store.ts";
import type { PartitionRange } from "./calendar.ts";

/** upsert: rows replace those of their key. append: rows are added. replace: they replace all rows of the range. */
export type BackfillMode = "upsert" | "append" | "replace";

/** `dropped`: a person gave it up, so that its range is free. */
export type BackfillStatus = "open" | "done" | "dropped";

export interface Backfill extends PartitionRange {
  id: string;
  /** As they were typed: a job, or a tap and a target. */
  words: string[];
  environment: string;
  mode: BackfillMode;
  /** Where its pipes load into, as the settings of their targets say it. Another place has nothing of it. */
  places: string[];
  /** Under which the pipes keep their own bookmarks, which the back-fill never moves. */
  stateIds: string[];
  /** Of its partitions, in order. */
  parts: string[];
  status: BackfillStatus;
  startedAt: string;
  endedAt: string | null;
}

/** claimed: its run starts. interrupted: it was stopped, and goes on. `failed` runs again with the next command. */
export type PartStatus = "claimed" | "running" | "interrupted" | "killed" | "done" | "failed";

export interface PartAttempt {
  runId: string;
  startedAt: string;
  end?: "killed" | "interrupted" | "failed";
}

export interface Part {
  backfill: string;
  name: string;
  status: PartStatus;
  attempts: PartAttempt[];
  /** Rows that its runs loaded; null: not known. */
  rows: number | null;
  error: string | null;
  endedAt: string | null;
}

/** A partition whose run is starting or running. */
export interface ActivePart {
  key: string;
  backfill: string;
  name: string;
  /** Of the pipe whose rows it loads. */
  stateId: string;
  runId: string;
  holder: Runner;
  leaseUntil: string;
}

/** The keys of the facts that list the open back-fills and the active partitions. Ids begin with a digit. */
export const openKey = "!open";
export const activePartsKey = "!active";

export const partKey = (backfill: string, name: string): string => `${backfill}/${name}`;

export type PartValues = readonly [part: Part | undefined, active: ActivePart[] | undefined];

/** Makes a rule a transaction on a partition and the list of active ones. */
export function decidePart<A>(store: Store, key: string, rule: (values: PartValues, now: Date) => FactDecision<A>): Promise<A> {
  return store.facts.decide<unknown, A>("partition", [key, activePartsKey], (values, now) => rule(values as unknown as PartValues, now));
}

export type BackfillValues = readonly [backfill: Backfill | undefined, open: Backfill[] | undefined];

/** Makes a rule a transaction on a back-fill and the list of open ones. */
export function decideBackfill<A>(store: Store, id: string, rule: (values: BackfillValues, now: Date) => FactDecision<A>): Promise<A> {
  return store.facts.decide<unknown, A>("backfill", [id, openKey], (values, now) => rule(values as unknown as BackfillValues, now));
}
