/** Reads one entry of `parallel_run` in tapline.yml, with its defaults. No I/O. */
import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { type ParallelRunEntry, type ParallelTable, type Weekday, weekdays } from "../model/parallel-run-schema.ts";
import type { Project } from "../model/project.ts";
import { jobNames } from "../project/job.ts";
import { kindOf } from "../project/plugin-entry.ts";
import { environmentOf, pluginNames } from "../project/project.ts";
import { checkTimeZone } from "../project/time-zone.ts";

export interface Side {
  target: string;
  schema: string;
}

export interface ParallelRun {
  job: string;
  environment: string;
  old: Side;
  new: Side;
  tables: Readonly<Record<string, ParallelTable>>;
  cleanDays: number;
  signOffs: number;
  days: readonly Weekday[];
  timezone: string;
  cutover: ParallelRunEntry["cutover"];
}

/** @throws parallel_run_missing, parallel_run_unknown, parallel_job_unknown, target_missing, target_not_chosen, plugin_unknown, timezone_unknown */
export function parallelRunOf(project: Project, job: string | undefined, environment?: string): ParallelRun {
  const { parallel_run: entries = {} } = project.parsed.file;
  const known = Object.keys(entries);
  const name = job ?? (known.length === 1 ? known[0] : undefined);
  if (known.length === 0) throw errors.parallel_run_missing({}, { file: project.path });
  if (name === undefined || !Object.hasOwn(entries, name))
    throw errors.parallel_run_unknown(
      { name, known, meant: name === undefined ? undefined : didYouMean(name, known) },
      { file: project.path },
    );
  const position = { file: project.path, ...project.parsed.locate(["parallel_run", name]) };
  if (!jobNames(project).includes(name)) throw errors.parallel_job_unknown({ name, known: jobNames(project) }, position);
  const entry = entries[name] as ParallelRunEntry;
  if (entry.timezone !== undefined) checkTimeZone(project, ["parallel_run", name, "timezone"], entry.timezone);
  return {
    job: name,
    environment: environmentOf(project, environment),
    old: { schema: entry.old.schema, target: targetOf(project, entry.old.target ?? entry.new.target) },
    new: { schema: entry.new.schema, target: targetOf(project, entry.new.target ?? entry.old.target) },
    tables: entry.tables,
    cleanDays: entry.clean_days ?? 5,
    signOffs: entry.sign_offs ?? 1,
    days: entry.days ?? weekdays,
    timezone: entry.timezone ?? "UTC",
    cutover: entry.cutover,
  };
}

function targetOf(project: Project, named: string | undefined): string {
  const known = pluginNames(project);
  if (named !== undefined && !known.includes(named)) throw errors.plugin_unknown({ name: named, known, meant: didYouMean(named, known) });
  const targets = known.filter((name) => kindOf(project.parsed, name) === "target");
  const [only, ...others] = named === undefined ? targets : [named];
  if (only === undefined) throw errors.target_missing({});
  if (others.length > 0) throw errors.target_not_chosen({ targets });
  return only;
}

/** The day that an instant is in, as 2026-01-31. */
export function dayOf(instant: Date, timezone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short" }).format(instant);
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** Whether the pipelines load on it. */
export function isDue(day: string, days: readonly Weekday[]): boolean {
  return days.includes(weekdays[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] as Weekday);
}
