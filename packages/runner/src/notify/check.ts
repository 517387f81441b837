/**
 * What is looked for each minute, by a server or by `tapline notify check`: runs that ended without telling anybody, jobs that are late,
 * and notices that were refused and may be sent again.
 */
import { isSuccess } from "@tapline/protocol";
import type { History } from "../history/history.ts";
import { openHistory } from "../history/sqlite-history.ts";
import type { Project } from "../model/project.ts";
import { compactTime } from "../model/run-id.ts";
import { checkTimeZone } from "../project/time-zone.ts";
import type { Delivery, NoticeRecord } from "./deliver.ts";
import { latenessOf, watchOf } from "./job-watch.ts";
import type { Notice } from "./notice.ts";
import { lateNotices } from "./notices-of-lateness.ts";
import { forChannels } from "./notices-of-run.ts";
import { oneAttempt, type PlannedAgain, sendPlanned, withFacts } from "./send-planned.ts";
import { tellCrashed } from "./tell-crashed.ts";

/**
 * @param now the clock of this machine
 * @returns what was tried; [] when nothing happened
 * @throws what the store and the history throw, timezone_unknown
 */
export async function checkNotices(project: Project, environment: string, now: Date): Promise<Delivery[]> {
  const told = [...(await tellCrashed(project, environment)), ...(await tellLate(project, environment, now))];
  return [...told, ...(await tellRefused(project, environment, now))].filter(({ outcome }) => outcome !== "known");
}

/** How many runs it looks back. */
const mostRuns = 100;

/** Tells which jobs are late. */
export async function tellLate(project: Project, environment: string, now: Date): Promise<Delivery[]> {
  const { notify: settings, jobs = {} } = project.parsed.file;
  const late = Object.keys(jobs).filter((job) => latenessOf(project, job) !== undefined);
  if (settings === undefined || late.length === 0) return [];
  const notices: Notice[] = [];
  using history = openHistory(project.folder);
  for (const job of late) notices.push(...(await latenessNotices(project, history, { job, environment, now })));
  const planned = notices.flatMap((notice) => forChannels(settings, notice));
  return sendPlanned(project, environment, planned, oneAttempt);
}

async function latenessNotices(
  project: Project,
  history: History,
  { job, environment, now }: { job: string; environment: string; now: Date },
): Promise<Notice[]> {
  const lateness = latenessOf(project, job) ?? {};
  const zone = lateness.sla?.timezone;
  if (zone !== undefined) checkTimeZone(project, ["jobs", job, "sla", "timezone"], zone);
  const watch = await withFacts(project, environment, (facts) => watchOf(facts, environment, job));
  const runs = history
    .runs({ limit: mostRuns, name: job })
    .filter((run) => run.environment === environment && run.trigger.kind !== "backfill");
  const ends = runs.flatMap(({ status, endedAt }) => (isSuccess(status) && endedAt !== null ? [endedAt] : []));
  return lateNotices(
    {
      ...{ job, environment, lateness, watchedSince: new Date(watch.since) },
      successes: [...watch.successes, ...ends].map((end) => new Date(end)),
      runs: runs.filter(({ status }) => status === "running"),
    },
    now,
  );
}

const dayMs = 86_400_000;

/** Sends again what was refused during the last day, each time after a longer wait. */
export async function tellRefused(project: Project, environment: string, now: Date): Promise<Delivery[]> {
  const { notify: settings } = project.parsed.file;
  if (settings === undefined) return [];
  const again = await withFacts(project, environment, async (facts) => {
    const recent = await facts.list<NoticeRecord>("notice", { after: compactTime(new Date(now.getTime() - dayMs)) });
    return recent.flatMap(({ value: { channel, status, attempts, lastAttemptAt, notice } }): PlannedAgain[] => {
      const isDue = now.getTime() - Date.parse(lastAttemptAt) >= waitAfter(attempts);
      const isWanted = notice.environment === environment && Object.hasOwn(settings.channels, channel);
      return status === "refused" && isDue && isWanted && notice.event !== "test" ? [{ channel, notice, attempts }] : [];
    });
  });
  return sendPlanned(project, environment, again, oneAttempt);
}

/** 2, 4, 8 minutes and so on, up to an hour. */
function waitAfter(attempts: number): number {
  return Math.min(2 ** attempts, 60) * 60_000;
}
