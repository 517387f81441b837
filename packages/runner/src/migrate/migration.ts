/**
 * A migration from one database to another as a fact of the store: what is moved, how far it has come, and what each phase found. There is
 * one at a time from a tap to a target in an environment; the syncs of its hybrid period are facts beside it.
 */
import type { Runner } from "../model/runner.ts";
import type { FactDecision } from "../state/facts.ts";
import type { Store } from "../state/store.ts";

/**
 * export: rows go to Parquet files. import: from there into the new side. verify: both are compared. hybrid: the old side stays the truth, and
 * syncs keep the new one level. back: the old side is the only one again.
 */
export type Phase = "export" | "import" | "verify" | "hybrid" | "back";

export interface MigratedStream {
  stream: string;
  /** As the source names it, such as sales.orders. */
  table: string;
  keys: string[];
  /** How syncs read it. */
  method: "FULL_TABLE" | "INCREMENTAL" | "LOG_BASED";
  replicationKey: string | null;
}

export interface PhaseRecord {
  startedAt: string;
  endedAt: string;
  seconds: number;
  rows: number;
  /** Of files, where it wrote or read some. */
  bytes: number | null;
  /** How often it was begun. */
  tries: number;
}

export interface StreamDigest {
  stream: string;
  rows: number;
  digest: string;
}

export interface ExportRecord extends PhaseRecord {
  /** The folder or address of the files. */
  place: string;
  /** The tap's last STATE, as JSON text: syncs continue from it. */
  state: string | null;
  streams: { stream: string; rows: number; bytes: number; files: number }[];
  /** Whether the source was compared with the files in the snapshot that they were read in; else why not. */
  compared: Compared;
}

/** Of one comparison. `equal`: null where it was not made. */
export interface Compared {
  equal: boolean | null;
  /** In words. */
  summary: string;
  streams: ComparedStream[];
}

export interface ComparedStream {
  stream: string;
  left: number;
  right: number;
  onlyLeft: number;
  onlyRight: number;
  differing: number;
  /** Columns with differences, and how many. */
  columns: Record<string, number>;
  /** Differences that are of no single row, in words. */
  findings: string[];
  /** A few of the rows, by their keys. */
  examples: { what: "only_here" | "only_there" | "differing"; key: Record<string, string | null>; columns: string[] }[];
}

export interface Migration {
  id: string;
  environment: string;
  source: string;
  target: string;
  /** As they were asked for. */
  tables: string[];
  streams: MigratedStream[];
  phase: Phase;
  /** How often the present phase was begun. */
  tries: number;
  holder: Holder | null;
  exported: ExportRecord | null;
  imported: PhaseRecord | null;
  verified: (PhaseRecord & { compared: Compared }) | null;
  startedAt: string;
  endedAt: string | null;
  /** How it ended, in words. */
  note: string | null;
}

/** The command that works on it now. */
export interface Holder {
  runner: Runner;
  leaseUntil: string;
  /** Differs for each command. */
  token: string;
}

export interface Sync {
  id: string;
  startedAt: string;
  seconds: number;
  /** Rows loaded; null: not told. */
  rows: number | null;
  /** Of the load, and then of the comparison. */
  status: "level" | "loaded" | "differs" | "failed";
  compared: Compared | null;
  error: string | null;
}

/** Of the pipe, such as `dev:postgres-to-snowflake`. */
export const migrationKey = ({ environment, source, target }: Pick<Migration, "environment" | "source" | "target">): string =>
  `${environment}:${source}-to-${target}`;

export const syncKey = (key: string, id: string): string => `${key}/sync/${id}`;
export const pastKey = (key: string, id: string): string => `${key}/past/${id}`;

/** Makes a rule a transaction on one migration. */
export function decideMigration<A>(
  store: Store,
  key: string,
  rule: (found: Migration | undefined, now: Date) => FactDecision<A>,
): Promise<A> {
  return store.facts.decide<Migration, A>("migration", [key], ([found], now) => rule(found, now));
}

/** Those of the environment, without past ones and syncs. */
export async function listMigrations(store: Store): Promise<Migration[]> {
  const all = await store.facts.list<Migration>("migration");
  return all.flatMap(({ key, value }) => (key.includes("/") ? [] : [value]));
}

/** Newest first. */
export async function syncsOf(store: Store, key: string, limit: number): Promise<Sync[]> {
  return (await store.facts.list<Sync>("migration", { prefix: syncKey(key, ""), order: "descending", limit })).map(({ value }) => value);
}
