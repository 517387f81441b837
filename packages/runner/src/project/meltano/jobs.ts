/** Translates jobs and schedules of a Meltano project. Pure. */

import type { StepEntry } from "../../model/job-schema.ts";
import type { MeltanoFacts, MeltanoGap } from "../../model/meltano.ts";
import type { ProjectFile } from "../../model/project-schema.ts";
import type { ScheduleEntry } from "../../model/schedule-schema.ts";
import { splitBlocks } from "./blocks.ts";
import type { CommandWords } from "./commands.ts";
import { type Item, itemsAt, type MeltanoSource, positionOf, textOf } from "./source.ts";

export interface TranslatedJobs {
  jobs: NonNullable<ProjectFile["jobs"]>;
  schedules: ScheduleEntry[];
  stateIds: MeltanoFacts["stateIds"];
  origins: Map<string, Item>;
}

type KindOf = (plugin: string) => string | undefined;

export function translateJobs(source: MeltanoSource, commands: CommandWords, kindOf: KindOf, gaps: MeltanoGap[]): TranslatedJobs {
  const all: TranslatedJobs = { jobs: {}, schedules: [], stateIds: {}, origins: new Map() };
  for (const item of itemsAt(source, ["jobs"])) {
    const words = wordsOf(item.value.tasks);
    if (words.length === 0) {
      gaps.push({ kind: "lost", what: `job ${item.name}`, text: "It has no tasks, so it is not there.", position: positionOf(item) });
      continue;
    }
    all.jobs[item.name] = splitBlocks(words, commands, kindOf).map(stepOf);
    all.origins.set(item.name, item);
  }
  for (const item of itemsAt(source, ["schedules"])) addSchedule(all, item, gaps);
  return all;
}

function wordsOf(tasks: unknown): string[] {
  if (Array.isArray(tasks)) return tasks.flatMap(wordsOf);
  return typeof tasks === "string" ? tasks.split(/\s+/).filter((word) => word !== "") : [];
}

/** Arguments that contain spaces need the form of a list. */
function stepOf(words: readonly string[]): StepEntry {
  return words.some((word) => /\s/.test(word) || word === "") ? { run: [...words] } : words.join(" ");
}

const intervals: Readonly<Record<string, string | null>> = {
  "@once": null,
  "@manual": null,
  "@none": null,
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

function addSchedule(all: TranslatedJobs, item: Item, gaps: MeltanoGap[]): void {
  const { name, value } = item;
  const gap: NoteGap = (kind, text, key) => {
    gaps.push({ kind, what: `schedule ${name}`, text, position: positionOf(item, ...(key === undefined ? [] : [key])) });
  };
  const job = textOf(value.job) ?? jobOfElt(all, item, gap);
  if (job === undefined) return;
  const interval = (textOf(value.interval) ?? textOf(value.cron_interval) ?? "").trim();
  const cron = Object.hasOwn(intervals, interval.toLowerCase()) ? intervals[interval.toLowerCase()] : interval;
  const ours = plainName(name);
  if (value.env !== undefined)
    gap("lost", "Variables of a schedule are not set. Put them into an environment, and give the schedule that environment.", "env");
  if (!Object.hasOwn(all.jobs, job)) gap("lost", `There is no job ${job}, so it starts nothing.`, "job");
  // Meltano does not start these by itself either.
  else if (cron === null) return;
  else if (cron === undefined || cron.split(/\s+/).length !== 5)
    gap("lost", `Its interval ${JSON.stringify(interval)} is not understood, so it starts nothing.`, "interval");
  else if (ours === "") gap("lost", "Its name has no letter and no digit, so it starts nothing.");
  else {
    if (ours !== name) gap("differs", `It is called ${ours}.`);
    all.schedules.push({ name: ours, cron: cron.replaceAll("?", "*"), job });
  }
}

type NoteGap = (kind: MeltanoGap["kind"], text: string, key?: string) => void;

/** Only what names of schedules and suffixes of state ids may contain. */
function plainName(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
}

/** A schedule of the older form names an extractor and a loader. Meltano keeps its state under the schedule's name. */
function jobOfElt(all: TranslatedJobs, { name, value, file, path }: Item, gap: NoteGap): string | undefined {
  const [tap, target, transform] = [textOf(value.extractor), textOf(value.loader), textOf(value.transform)];
  if (tap === undefined || target === undefined) {
    gap("lost", "It names neither a job nor an extractor and a loader, so it starts nothing.");
    return undefined;
  }
  if (transform === "only") {
    gap("lost", "transform: only starts nothing here. Make a job with the step of dbt.", "transform");
    return undefined;
  }
  if (transform === "run") gap("lost", "It loads, but does not transform. Add the step of dbt to the job.", "transform");
  if (value.start_date !== undefined)
    gap("lost", "start_date is not used: due times before the first start of the server are not made up for.", "start_date");
  const job = Object.hasOwn(all.jobs, name) ? `${name}-elt` : name;
  const suffix = plainName(name);
  all.jobs[job] = [{ run: `${tap} ${target}`, ...(suffix === "" ? {} : { state_id_suffix: suffix }) }];
  all.origins.set(job, { name: job, value, file, path });
  all.stateIds = { ...all.stateIds, [name]: { tap, target, suffix } };
  return job;
}
