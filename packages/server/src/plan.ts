/** Reads the schedules and sensors of tapline.yml, and checks them. No I/O. */
import {
  checkTimeZone,
  environmentOf,
  jobOf,
  type Limits,
  type MissedPolicy,
  type Project,
  type ScheduleEntry,
  type SensorEntry,
} from "@tapline/runner";
import { Cron } from "croner";
import { errors } from "./errors.ts";

interface PlanBase {
  name: string;
  job: string;
  environment: string;
  /** Where more is due than may run, higher numbers start first. */
  priority: number;
  /** How many runs of the job there may be at once. */
  runsOfJob: number;
}

export interface SchedulePlan extends PlanBase {
  kind: "schedule";
  cron: Cron;
  missed: MissedPolicy;
  /** The expression and its time zone. When they change, due times of before don't count. */
  signature: string;
}

export interface SensorPlan extends PlanBase {
  kind: "sensor";
  /** Relative to the project's folder. */
  patterns: readonly string[];
  minAgeMs: number;
}

export type Plan = SchedulePlan | SensorPlan;

const defaultMaxRuns = 4;

/**
 * Sorted by priority, then as they are in tapline.yml.
 * @throws schedule_twice, cron_invalid, timezone_unknown, and what is wrong with their jobs and environments
 */
export function plansOf(project: Project): Plan[] {
  const { schedules = [], sensors = [] } = project.parsed.file;
  const plans: Plan[] = [
    ...schedules.map((entry, index) => scheduleOf(project, entry, index)),
    ...sensors.map((entry) => sensorOf(project, entry)),
  ];
  const names = new Set<string>();
  for (const { name } of plans) {
    if (names.has(name)) throw errors.schedule_twice({ name }, { file: project.path });
    names.add(name);
  }
  return plans.sort((a, b) => b.priority - a.priority);
}

/**
 * Those with this name, or that start the job with this name; none where a job is started by nothing.
 * @throws name_unknown and what `plansOf` throws
 */
export function plansNamed(project: Project, name: string): Plan[] {
  const plans = plansOf(project);
  const jobs = Object.keys(project.parsed.file.jobs ?? {});
  const named = plans.filter((plan) => plan.name === name || plan.job === name);
  if (named.length > 0 || jobs.includes(name)) return named;
  throw errors.name_unknown({ name, known: [...new Set([...plans.map((plan) => plan.name), ...jobs])] }, { file: project.path });
}

export const limitsOf = ({ parsed }: Project, { runsOfJob }: Plan): Limits => ({
  runs: parsed.file.max_concurrent_runs ?? defaultMaxRuns,
  runsOfJob,
});

function scheduleOf(project: Project, entry: ScheduleEntry, index: number): SchedulePlan {
  const { name, cron, timezone = "UTC", missed = "latest" } = entry;
  const path = ["schedules", index];
  const position = { file: project.path, ...project.parsed.locate(path) };
  checkTimeZone(project, [...path, "timezone"], timezone);
  return {
    ...baseOf(project, entry),
    kind: "schedule",
    cron: parseCron(cron, timezone, (reason) => errors.cron_invalid({ name, cron, reason }, position)),
    missed,
    signature: `${cron} ${timezone}`,
  };
}

function sensorOf(project: Project, entry: SensorEntry): SensorPlan {
  const { files, min_age_seconds: minAge = 30 } = entry;
  return { ...baseOf(project, entry), kind: "sensor", patterns: typeof files === "string" ? [files] : files, minAgeMs: minAge * 1000 };
}

function baseOf(project: Project, { name, job, environment }: ScheduleEntry | SensorEntry): PlanBase {
  const { priority, maxConcurrentRuns } = jobOf(project, job);
  return { name, job, environment: environmentOf(project, environment), priority, runsOfJob: maxConcurrentRuns };
}

function parseCron(expression: string, timezone: string, error: (reason: string) => Error): Cron {
  let cron: Cron;
  try {
    cron = new Cron(expression, { timezone, mode: "5-or-6-parts", paused: true });
  } catch (thrown) {
    throw error((thrown as Error).message.replace(/^CronPattern: /, "").replace(/^TypeError: /, ""));
  }
  if (cron.nextRun() === null) throw error("no time will ever match it");
  return cron;
}
