/** The work of `tapline parallel-run`: compares a day, shows how the run stands, signs off. */
import { writeFileSync } from "node:fs";
import {
  type CutoverFact,
  cutoverKey,
  type DayReport,
  dayOf,
  daysOf,
  openProject,
  openStore,
  openStoreIfThere,
  type ParallelRun,
  parallelRunOf,
  readStanding,
  refuseAfterCutover,
  runDay,
  type Standing,
  type Store,
  signOff,
} from "@tapline/runner";
import { exitCodes } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { clean, columnsOf, printLines } from "./terminal.ts";
import { usage } from "./usage.ts";
import { dayPage } from "./views/parallel-page.ts";
import { describeDay, describeStanding } from "./views/parallel-text.ts";

interface Which {
  job: string | undefined;
  environment: string | undefined;
  json: boolean;
}

/** @returns 0 clean, 1 different or not comparable. @throws what `parallelRunOf` and `runDay` throw */
export async function compareDay({
  job,
  environment,
  json,
  day,
  html,
}: Which & { day: string | undefined; html: string | undefined }): Promise<number> {
  const project = openProject(process.cwd());
  const run = parallelRunOf(project, job, environment);
  const stop = catchSignals();
  await using store = await openStore(project, run.environment);
  await refuseAfterCutover(store.facts, run);
  const report = await runDay({
    ...{ project, run, store, day, binFolders: ownBinFolders, stop },
    onEvent(event) {
      if (event.kind === "log" && event.level === "warning") process.stderr.write(`${clean(event.message)}\n`);
    },
    onTable: (table) => void (json || !process.stderr.isTTY || process.stderr.write(`comparing ${table} …\n`)),
  });
  if (report === undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
  // A day of the past is shown as it stood then.
  const standing = await readStanding(store.facts, run, report.day);
  if (html !== undefined) writePage(html, report);
  if (json) printJson({ type: "day", ...report, row: standing.row, wanted: standing.wanted });
  else printLines(describeDay(report, standing, { width: columnsOf(process.stdout) }));
  return report.verdict === "clean" ? exitCodes.done : exitCodes.failed;
}

/** @returns 0, also where it is not ready. @throws what `parallelRunOf` throws */
export async function showStanding({ job, environment, json }: Which): Promise<number> {
  const { run, answer } = await withStore(job, environment, async (store, own) => ({
    standing: await readStanding(store.facts, own, today(own)),
    cutover: await store.facts.get<CutoverFact>("cutover", cutoverKey(own)),
  }));
  const none: Standing = await readStanding(emptyFacts, run, today(run));
  const { standing, cutover } = answer ?? { standing: none, cutover: undefined };
  if (json) printJson({ type: "status", job: run.job, environment: run.environment, ...standing, cutover: shownCutover(cutover) });
  else printLines(describeStanding(run, standing, cutover));
  return exitCodes.done;
}

/** @throws report_unknown, report_not_clean, name_missing */
export async function sign({
  job,
  environment,
  json,
  as,
  note,
  report,
}: Which & { as: string; note: string; report: string | undefined }): Promise<number> {
  const [name, text] = [as.trim(), note.trim()];
  if (name === "" || text === "") throw usage.sign_off_unnamed({});
  const project = openProject(process.cwd());
  const run = parallelRunOf(project, job, environment);
  await using store = await openStore(project, run.environment);
  const signed = await signOff(store.facts, run, { name, note: text, report, now: new Date() });
  const standing = await readStanding(store.facts, run, today(run));
  if (json) printJson({ type: "sign_off", job: run.job, environment: run.environment, ...signed });
  else
    printLines([
      `${name} signed off the report ${signed.report} of ${run.job} (${run.environment})`,
      ...standing.reasons.map((reason) => `  still: ${reason}`),
      ...(standing.reasons.length === 0 ? [`  ready: tapline cutover ${run.job} --dry-run`] : []),
    ]);
  return exitCodes.done;
}

/** The last report, or the one of an id. @throws report_not_kept */
export async function showReport({
  job,
  environment,
  json,
  report: wanted,
  html,
}: Which & { report: string | undefined; html: string | undefined }): Promise<number> {
  const { run, answer } = await withStore(job, environment, (store, own) => daysOf(store.facts, own));
  const days = answer ?? [];
  const found = wanted === undefined ? days.at(-1) : days.find(({ report, day }) => report.id === wanted || day === wanted);
  if (found === undefined) throw usage.report_not_kept({ job: run.job, wanted, last: days.at(-1)?.report.id });
  if (html !== undefined) writePage(html, found.report);
  if (json) printJson({ type: "day", ...found.report, earlier: found.earlier });
  else printLines(describeDay(found.report, undefined, { earlier: found.earlier, width: columnsOf(process.stdout) }));
  return exitCodes.done;
}

async function withStore<T>(
  job: string | undefined,
  environment: string | undefined,
  work: (store: Store, run: ParallelRun) => Promise<T>,
): Promise<{ run: ParallelRun; answer: T | undefined }> {
  const project = openProject(process.cwd());
  const run = parallelRunOf(project, job, environment);
  await using store = await openStoreIfThere(project, run.environment);
  return { run, answer: store === undefined ? undefined : await work(store, run) };
}

/** Where there is no store yet, nothing is in it. */
const emptyFacts = { list: async () => [] } as unknown as Store["facts"];

const shownCutover = (fact: CutoverFact | undefined): object | null =>
  fact === undefined ? null : { phase: fact.phase, renames: fact.renames, history: fact.history };

const today = (run: ParallelRun): string => dayOf(new Date(), run.timezone);

function writePage(path: string, report: DayReport): void {
  try {
    writeFileSync(path, dayPage(report));
  } catch (error) {
    throw usage.file_unwritable({ path, reason: (error as Error).message }, {}, error);
  }
}

function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
