/** Compares all tables of a parallel run, and keeps what it found as the report of a day. */
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import type { StopSource } from "../model/stop.ts";
import type { TableReport } from "../model/verify-report.ts";
import type { StepOptions } from "../plugins/prepare.ts";
import type { AskContext } from "../process/ask-plugin.ts";
import type { Store } from "../state/store.ts";
import { compareTable } from "./compare-table.ts";
import { keepReport } from "./facts.ts";
import { type DayReport, problemsOf } from "./report.ts";
import { dayOf, type ParallelRun } from "./settings.ts";

export interface DayOptions extends Pick<AskContext, "onEvent">, Pick<StepOptions, "binFolders"> {
  project: Project;
  run: ParallelRun;
  store: Store;
  /** undefined: today. */
  day: string | undefined;
  stop: StopSource;
  /** Called before each table. */
  onTable(table: string): void;
}

/** undefined: it was stopped, and nothing was kept. @throws parallel_day_invalid, and as `compareTable` */
export async function runDay(options: DayOptions): Promise<DayReport | undefined> {
  const { project, run, store, stop, onTable, onEvent, binFolders } = options;
  const folders = binFolders === undefined ? {} : { binFolders };
  const started = new Date();
  const today = dayOf(started, run.timezone);
  const day = options.day ?? today;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  if (!isDay || day > today) throw errors.parallel_day_invalid({ day, today, timezone: run.timezone });
  const tables: TableReport[] = [];
  for (const [table, settings] of Object.entries(run.tables)) {
    onTable(table);
    tables.push(await compareTable({ project, run, onEvent, ...folders, stop: stop.asked, table, settings }));
    if (stop.signal !== undefined) return undefined;
  }
  const { job, environment } = run;
  const problems = tables.flatMap(problemsOf);
  const isFailed = tables.some(({ verdict }) => verdict === "failed");
  const verdict = isFailed ? "failed" : problems.length > 0 ? "different" : "clean";
  return keepReport(store.facts, run, day, (attempt) => ({
    id: `${job}-${day.replaceAll("-", "")}-${attempt}`,
    ...{ job, environment, day, attempt },
    started_at: started.toISOString(),
    ended_at: new Date().toISOString(),
    ...{ verdict, tables, problems },
  }));
}
