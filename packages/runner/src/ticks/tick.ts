/**
 * Ticks: a schedule at one due time, or a sensor that saw files. Each tick has one success at most, whatever is killed and however many
 * servers there are. A server claims a tick and starts a run; the run takes the tick over and holds it with a lease until it ends, so a
 * server may die meanwhile. A tick whose holder is dead is claimed again. The rules are in tick-rules.ts.
 */

import type { Runner } from "../model/runner.ts";
import type { FactDecision } from "../state/facts.ts";
import { lifeOf } from "../state/host.ts";
import type { Store } from "../state/store.ts";

export const finalStatuses = ["done", "warning", "failed", "stopped", "timed_out", "missed"] as const;

/** claimed: a server starts its run. running: the run holds it. interrupted: it may be claimed again. The others are final. */
export type TickStatus = "claimed" | "running" | "interrupted" | (typeof finalStatuses)[number];

export interface TickAttempt {
  runId: string;
  startedAt: string;
  /** How it ended without an end of the tick: killed, or stopped by SIGTERM, as when a machine shuts down. */
  end?: "killed" | "interrupted";
}

/** Due times that were passed over, because no server ran, the schedule was paused or the job was still running. */
export interface Missed {
  count: number;
  /** There were more before the first of these. */
  isMore: boolean;
  first: string;
  last: string;
}

export interface Tick {
  /** Of the schedule or sensor. */
  name: string;
  kind: "schedule" | "sensor";
  /** When it was due; for a sensor, when it saw the files. ISO 8601, in UTC. */
  dueAt: string;
  job: string;
  status: TickStatus;
  attempts: TickAttempt[];
  endedAt: string | null;
  missed: Missed | null;
  /** The files that a sensor saw. */
  files?: string[];
  /** Why its run could not start. */
  error?: string;
  /** It could not start yet. */
  postponed?: { until: string; reason: string };
}

/** A tick whose run is starting or running: it counts for the limits. */
export interface ActiveTick {
  key: string;
  job: string;
  runId: string;
  holder: Runner;
  leaseUntil: string;
}

export interface Limits {
  /** Of all jobs. */
  runs: number;
  /** Of the tick's job. */
  runsOfJob: number;
}

/** Why a tick that is due may not start now. */
export type Block =
  /** So many runs are active. */
  { outcome: "full"; by: "job" | "all"; active: ActiveTick[] } | { outcome: "postponed"; until: string; reason: string };

/** The key of the fact that lists the active ticks. No name of a schedule begins with "!". */
export const activeKey = "!active";

export const tickKey = (name: string, dueAt: string): string => `${name}/${dueAt}`;

export const isFinal = (status: TickStatus): boolean => (finalStatuses as readonly string[]).includes(status);

/** Those whose holder may be alive. */
export function stillActive<T extends Pick<ActiveTick, "holder" | "leaseUntil">>(active: readonly T[] | undefined, now: Date): T[] {
  return (active ?? []).filter(({ holder, leaseUntil }) => {
    const life = lifeOf(holder);
    return life === "alive" || (life === "unknown" && leaseUntil > now.toISOString());
  });
}

/** A tick, and the list of active ones. */
export type Values = readonly [tick: Tick | undefined, active: ActiveTick[] | undefined];

/** Makes a rule a transaction on a tick and the list of active ones. */
export function decideTick<A>(store: Store, key: string, rule: (values: Values, now: Date) => FactDecision<A>): Promise<A> {
  return store.facts.decide<unknown, A>("tick", [key, activeKey], (values, now) => rule(values as unknown as Values, now));
}

/** undefined: nothing. @param active those that are still active */
export function blockOf(
  found: Tick | undefined,
  active: readonly ActiveTick[],
  { job, limits }: { job: string; limits: Limits },
  now: Date,
): Block | undefined {
  const { postponed } = found ?? {};
  if (postponed !== undefined && postponed.until > now.toISOString()) return { outcome: "postponed", ...postponed };
  const ofJob = active.filter((each) => each.job === job);
  if (ofJob.length >= limits.runsOfJob) return { outcome: "full", by: "job", active: ofJob };
  return active.length >= limits.runs ? { outcome: "full", by: "all", active: [...active] } : undefined;
}
