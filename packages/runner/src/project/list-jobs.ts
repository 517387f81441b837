/** What `tapline list jobs` and `tapline list schedules` show: what the project's files say, without looking at the machine. Pure. */
import type { JobEntry } from "../model/job-schema.ts";
import type { Project } from "../model/project.ts";
import { quoteWord } from "../model/run-command.ts";
import type { ScheduleEntry } from "../model/schedule-schema.ts";
import { environmentOf } from "./project.ts";
import { wordsOfStep } from "./step-words.ts";

export interface ListedJob {
  name: string;
  /** The words of each step, as they are typed after `tapline run`. */
  steps: string[];
}

export interface ListedSchedule {
  name: string;
  cron: string;
  timezone: string;
  job: string;
  environment: string;
}

export function listJobs({ parsed }: Project): ListedJob[] {
  return Object.entries((parsed.file.jobs ?? {}) as Record<string, JobEntry>).map(([name, entry]) => ({
    name,
    steps: (Array.isArray(entry) ? entry : entry.steps).map((step) => wordsOfStep(step).map(quoteWord).join(" ")),
  }));
}

export function listSchedules(project: Project): ListedSchedule[] {
  return ((project.parsed.file.schedules ?? []) as readonly ScheduleEntry[]).map(({ name, cron, timezone, job, environment }) => ({
    ...{ name, cron, job },
    timezone: timezone ?? "UTC",
    environment: environmentOf(project, environment),
  }));
}
