/** When jobs succeeded, in the store that all machines share: the history of runs is on each machine by itself. */

import type { RunRecord } from "../history/history.ts";
import type { JobEntry } from "../model/job-schema.ts";
import type { Lateness } from "../model/lateness-schema.ts";
import type { Project } from "../model/project.ts";
import type { Facts } from "../state/facts.ts";
import { withFacts } from "./send-planned.ts";

export interface JobWatch {
  /** Since when somebody looks whether the job is late. */
  since: string;
  /** The ends of its last successes, the newest first. */
  successes: string[];
}

const mostSuccesses = 20;

/** When the job counts as late; undefined: never. */
export function latenessOf(project: Project, job: string): Lateness | undefined {
  const jobs = (project.parsed.file.jobs ?? {}) as Record<string, JobEntry>;
  const entry = Object.hasOwn(jobs, job) ? jobs[job] : undefined;
  if (entry === undefined || Array.isArray(entry)) return undefined;
  return entry.fresh_within === undefined && entry.sla === undefined ? undefined : entry;
}

const keyOf = (environment: string, job: string): string => `${environment}/${job}`;

/** Begins to watch the job if nobody does. */
export function watchOf(facts: Facts, environment: string, job: string): Promise<JobWatch> {
  const key = keyOf(environment, job);
  return facts.decide<JobWatch, JobWatch>("watch", [key], ([watch], now) => {
    if (watch !== undefined) return { answer: watch };
    const fresh = { since: now.toISOString(), successes: [] };
    return { answer: fresh, write: { [key]: fresh } };
  });
}

export async function noteSuccess(project: Project, { environment, name, endedAt }: RunRecord): Promise<void> {
  const key = keyOf(environment, name);
  if (endedAt === null) return;
  await withFacts(project, environment, (facts) =>
    facts.decide<JobWatch, null>("watch", [key], ([watch], now) => {
      const { since = now.toISOString(), successes = [] } = watch ?? {};
      const ends = [...new Set([endedAt, ...successes])].sort().reverse().slice(0, mostSuccesses);
      return { answer: null, write: { [key]: { since, successes: ends } } };
    }),
  );
}
