/** Which due time of a schedule runs now, and which are passed over. Pure; the clock is an argument. */
import type { Missed, MissedPolicy } from "@tapline/runner";
import type { Cron } from "croner";

export interface Due {
  /** ISO 8601, in UTC. */
  dueAt: string;
  missed: Missed | null;
  /** Nothing runs: all due times were missed, which is recorded under the last one. */
  isMissed: boolean;
}

export interface DueQuestion {
  cron: Cron;
  missed: MissedPolicy;
  /** The last due time that was dealt with, or when the schedule was first seen. */
  since: Date;
  now: Date;
}

/** A run that starts within this time of its due time is on time. */
export const graceMs = 60_000;

/** Of more due times than this, the first ones are not looked at. */
export const mostMissed = 1000;

/** undefined: nothing is due. */
export function dueOf({ cron, missed, since, now }: DueQuestion): Due | undefined {
  const first = cron.nextRun(since);
  if (first === null || first > now) return undefined;
  if (missed === "all") return { dueAt: first.toISOString(), missed: null, isMissed: false };
  // previousRuns leaves out the reference itself, and cron has no parts of a second. More than one due time is rare, and takes longer.
  const dueTimes = (most: number): Date[] =>
    cron.previousRuns(most, new Date(now.getTime() + 1000)).filter((time) => time > since && time <= now);
  const newest = dueTimes(2);
  const times = newest.length < 2 ? newest : dueTimes(mostMissed);
  const [last = first, ...earlier] = times;
  const isMissed = missed === "skip" && now.getTime() - last.getTime() > graceMs;
  const passed = isMissed ? [last, ...earlier] : earlier;
  return {
    dueAt: last.toISOString(),
    missed:
      passed.length === 0
        ? null
        : {
            count: passed.length,
            isMore: times.length === mostMissed,
            first: (passed.at(-1) as Date).toISOString(),
            last: (passed[0] as Date).toISOString(),
          },
    isMissed,
  };
}
