/** What `tapline doctor` says of schedules and sensors: whether they are right, and when they start their jobs. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { attempt, type Finding, type Project } from "@tapline/runner";
import { plansOf, type SensorPlan } from "./plan.ts";

export async function* findScheduleProblems(project: Project, now: Date): AsyncGenerator<Finding> {
  const read = await attempt("schedules", () => plansOf(project));
  if ("finding" in read) {
    yield read.finding;
    return;
  }
  for (const plan of read.value) {
    const about = `${plan.kind} ${plan.name}`;
    if (plan.kind === "sensor") yield sensorFinding(project, plan, about);
    else
      yield {
        status: "ok",
        about,
        message: `it starts ${plan.job} (${plan.environment}) next at ${timeOf(plan.cron.nextRun(now))}`,
        fix: undefined,
      };
  }
}

/** A cron expression without a time is refused before. */
const timeOf = (next: Date | null): string => `${next?.toISOString().slice(0, 16)}Z`;

/** A folder that is not there may come; more often its name is wrong. */
function sensorFinding({ folder }: Project, { job, environment, patterns }: SensorPlan, about: string): Finding {
  const missing = patterns.map(fixedPart).filter((path) => !existsSync(join(folder, path)));
  if (missing.length === 0) return { status: "ok", about, message: `it starts ${job} (${environment}) when files arrive`, fix: undefined };
  return {
    ...{ status: "warning", about, message: `there is no folder ${missing.join(", ")}` },
    fix: "Make the folder, or correct the sensor's `files`.",
  };
}

/** The folder that a pattern looks in: what is before its first * or ?. */
function fixedPart(pattern: string): string {
  const plain = pattern.slice(0, pattern.search(/[*?[{]|$/));
  return plain === pattern || !plain.endsWith("/") ? dirname(plain) : plain;
}
