/**
 * What the runner must know over processes and machines besides states: which ticks of a schedule have run, which files are claimed, which
 * notices were sent, what is paused, which partitions of a back-fill are done, and secrets that a source changes. A fact is a JSON value under a kind and a key. It is decided
 * on in one transaction, so that two servers never start the same tick and two runs never take the same file.
 */

export type FactKind =
  | "tick"
  | "schedule"
  | "sensor"
  | "pause"
  | "server"
  | "file"
  | "notice"
  | "watch"
  | "backfill"
  | "partition"
  | "parallel-day"
  | "sign-off"
  | "cutover"
  | "secret"
  | "migration";

export interface Fact<T> {
  key: string;
  value: T;
  /** ISO 8601, in UTC. */
  changedAt: string;
}

export interface FactFilter {
  /** Only keys that begin with it. */
  prefix?: string;
  /** Only keys after this one, in the order that is asked for. */
  after?: string;
  /** Default: "ascending", by the bytes of the key. */
  order?: "ascending" | "descending";
  /** Default: all. */
  limit?: number;
}

export interface FactDecision<A> {
  answer: A;
  /** New values by key; null deletes. Only keys that were asked for. */
  write?: Readonly<Record<string, unknown>>;
}

/**
 * Gets the value of each key, in order; undefined: there is none. `now` is the time of the store, which all machines share. It may be
 * called again, also after its own write when the answer was lost: it must have no side effects, and recognize what it wrote.
 */
export type FactRule<T, A> = (values: readonly (T | undefined)[], now: Date) => FactDecision<A>;

export interface Facts {
  /** Reads, decides and writes in one transaction. No other process decides on these keys meanwhile. Errors of the rule are passed on. */
  decide<T, A>(kind: FactKind, keys: readonly string[], rule: FactRule<T, A>): Promise<A>;
  get<T>(kind: FactKind, key: string): Promise<T | undefined>;
  list<T>(kind: FactKind, filter?: FactFilter): Promise<Fact<T>[]>;
  /** Deletes what has not changed since `before`. @returns how many */
  prune(kind: FactKind, before: Date): Promise<number>;
}
