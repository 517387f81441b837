/** Which jobs are late, and since when: no success for too long, none by a time of day, or a run that takes too long. Pure. */
import { parseDuration } from "../model/duration.ts";
import type { Lateness } from "../model/lateness-schema.ts";
import type { NoticeEvent } from "../model/notify-schema.ts";
import { compactTime } from "../model/run-id.ts";
import { dayAt, dayBefore, instantOf, weekdayOf } from "./local-time.ts";
import type { Notice, Problem } from "./notice.ts";

/** What is known of a job in one environment. */
export interface JobFacts {
  job: string;
  environment: string;
  lateness: Lateness;
  /** Since when somebody looks: a job that never ran was not late before. */
  watchedSince: Date;
  /** The ends of its last successes, in any order. */
  successes: readonly Date[];
  /** Runs that have not ended, and the one that is just ending. */
  runs: readonly { runId: string; startedAt: string }[];
}

export function lateNotices(facts: JobFacts, now: Date): Notice[] {
  return [freshness(facts, now), missedDeadline(facts, now), ...slowRuns(facts, now)].filter((each) => each !== undefined);
}

function freshness(facts: JobFacts, now: Date): Notice | undefined {
  const { lateness, watchedSince, successes } = facts;
  const withinMs = parseDuration(lateness.fresh_within ?? "");
  if (withinMs === undefined) return undefined;
  const last = successes.length > 0 ? new Date(Math.max(...successes.map(Number))) : watchedSince;
  const due = new Date(last.getTime() + withinMs);
  if (now < due) return undefined;
  const what = successes.length > 0 ? "when the last one did" : "when it was first looked at";
  return noticeOf(facts, {
    event: "freshness",
    key: "fresh",
    due,
    title: "Not fresh",
    cause: `No run of it has succeeded since ${last.toISOString()}, ${what}; fresh_within allows ${lateness.fresh_within}`,
  });
}

function missedDeadline(facts: JobFacts, now: Date): Notice | undefined {
  const { lateness, watchedSince, successes } = facts;
  const { done_by: doneBy, since = "00:00", timezone = "UTC", days } = lateness.sla ?? {};
  if (doneBy === undefined) return undefined;
  const today = dayAt(now, timezone);
  const day = instantOf(today, doneBy, timezone) <= now ? today : dayBefore(today);
  const due = instantOf(day, doneBy, timezone);
  const from = instantOf(since > doneBy ? dayBefore(day) : day, since, timezone);
  const counts = days === undefined || (days as readonly string[]).includes(weekdayOf(day));
  if (!counts || due < watchedSince || successes.some((end) => end >= from && end <= due)) return undefined;
  return noticeOf(facts, {
    event: "sla",
    key: "done-by",
    due,
    title: "Not done in time",
    cause: `No run of it has succeeded between ${since} and ${doneBy} (${timezone}) on ${day}`,
  });
}

function slowRuns(facts: JobFacts, now: Date): Notice[] {
  const { within } = facts.lateness.sla ?? {};
  const withinMs = parseDuration(within ?? "");
  if (withinMs === undefined) return [];
  return facts.runs.flatMap(({ runId, startedAt }) => {
    const due = new Date(Date.parse(startedAt) + withinMs);
    if (now < due) return [];
    const cause = `The run ${runId}, which began at ${startedAt}, takes longer than ${within}`;
    return [noticeOf(facts, { event: "sla", key: "within", due, title: "Takes too long", cause, runId })];
  });
}

interface Late {
  event: NoticeEvent;
  key: string;
  due: Date;
  title: string;
  cause: string;
  runId?: string;
}

function noticeOf({ job, environment }: JobFacts, { event, key, due, title, cause, runId }: Late): Notice {
  const about: Problem = {
    ...{ step: null, plugin: null, stream: null, place: null, code: null },
    cause,
    fix: "Look at its last runs and at what they waited for.",
  };
  return {
    id: `${compactTime(due)}/${key}/${environment}/${runId ?? job}`,
    event,
    job,
    environment,
    runId: runId ?? null,
    at: due.toISOString(),
    title: `${title}: ${job} (${environment})`,
    problems: [about],
    warnings: [],
    loaded: [],
    command: runId === undefined ? `tapline runs list --job ${job}` : `tapline runs show ${runId}`,
    link: null,
  };
}
