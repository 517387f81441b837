/**
 * `tapline ci`: the jobs of the project run twice on sample data, as this working tree has them and as the other branch had them, each into a
 * scratch database of its own, and the tables are compared.
 *
 *   git -> a copy of each side -> scratch -> jobs of this side -> jobs of the other -> compare -> report; scratch and copies go
 *
 * A real target is never written to: every target is replaced before a plugin starts.
 */
import { join } from "node:path";
import { type PluginEvent, TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { CiJob, CiReport, CiSide, CiTable } from "../model/ci-report.ts";
import type { CiEntry } from "../model/ci-schema.ts";
import type { Failure } from "../model/failure.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { Project } from "../model/project.ts";
import type { RunEvent } from "../model/run-event.ts";
import { makeRunId } from "../model/run-id.ts";
import type { StopSource } from "../model/stop.ts";
import { jobNames, jobOf } from "../project/job.ts";
import { environmentOf } from "../project/project.ts";
import { withPlugins } from "../project/with-plugins.ts";
import { SideFailed } from "../verify/ask-digest.ts";
import { compareTables } from "./compare-tables.ts";
import { baseOf, headOf, type Repository, repositoryOf } from "./git.ts";
import { keyByTest, keysOfStreams } from "./keys.ts";
import { runSide } from "./run-side.ts";
import { makeScratch, type ScratchDatabase } from "./scratch.ts";
import { scratchProject } from "./scratch-project.ts";
import { openSideProject, trialFolder } from "./side-folder.ts";

export interface CiOptions {
  project: Project;
  /** Those of the command line win over `ci` in tapline.yml. */
  settings: CiEntry;
  /** Whether to compare with another branch. */
  compares: boolean;
  binFolders: readonly string[];
  stop: StopSource;
  onEvent(event: RunEvent, step: number | null): void;
  onPluginEvent(event: PluginEvent): void;
  /** What is done next, for people who wait. */
  onPhase(text: string): void;
}

/** One side as it is tried. */
interface Trial {
  side: CiSide;
  project: Project;
  environment: string;
  scratch: ScratchDatabase;
}

/** @throws ci_no_jobs, ci_no_git, ci_no_base, ci_git_failed, ci_file_missing, ci_follows_log, ci_targets_mixed, scratch_missing, job_unknown, environment_unknown */
export async function runCi(options: CiOptions): Promise<CiReport | { failure: Failure }> {
  const { project, settings, compares, onPhase } = options;
  const began = performance.now();
  const jobs = jobsOf(project, settings);
  const repository = await repositoryOf(project);
  const name = settings.base ?? "main";
  const commit = compares ? await baseOf(repository, name) : undefined;
  const id = makeRunId(new Date());
  using folder = trialFolder(project, id);
  const setUp = { ...options, repository, folder: folder.path, id };
  await using scratches = new AsyncDisposableStack();
  onPhase(`this working tree: ${jobs.join(", ")}`);
  const head = await trial({ ...setUp, side: "head", name: "this branch", commit: undefined, jobs, scratches });
  if ("failure" in head) return head;
  const done = (verdict: CiReport["verdict"], rest: Partial<CiReport> = {}): CiReport => ({
    ...{ verdict, head: head.side, base: null, tables: [], notes: notesOf(head.side.jobs, settings) },
    ...rest,
    seconds: Math.round(performance.now() - began) / 1000,
  });
  if (isFailed(head.side.jobs)) return done("failed");
  expectRows(head.side.jobs);
  if (commit === undefined || options.stop.signal !== undefined) return done("uncompared");
  onPhase(`${name}: ${jobs.join(", ")}`);
  const base = await baseTrial({ ...setUp, side: "base", name, commit, jobs, scratches });
  const notes = [...notesOf(head.side.jobs, settings), ...("reason" in base ? [base.reason] : [])];
  if ("reason" in base) return done("uncompared", { base: base.side, notes });
  onPhase("comparing the tables");
  const tables = await compare(base, head, jobs, options);
  if ("failure" in tables) return tables;
  return done(tables.every(({ status }) => status === "same") ? "same" : "changed", { base: base.side, tables, notes });
}

interface TrialOptions extends CiOptions {
  repository: Repository;
  folder: string;
  id: string;
  side: "base" | "head";
  name: string;
  commit: string | undefined;
  jobs: readonly string[];
  /** The databases that go at the end. */
  scratches: AsyncDisposableStack;
}

async function trial(options: TrialOptions): Promise<Trial | { failure: Failure }> {
  const { settings, repository, folder, side, commit, jobs, scratches, onPluginEvent: onEvent } = options;
  const copied = await openSideProject({ ...options, commit, folder: join(folder, side), files: settings.files ?? [] });
  const environment = environmentOf(copied, settings.environment);
  const scratch = await makeScratch({ ...options, project: copied, environment, target: settings.scratch, onEvent });
  if ("failure" in scratch) return scratch;
  scratches.use(scratch);
  const project = scratchProject(copied, environment, scratch);
  const there = jobs.filter((name) => jobNames(project).includes(name));
  const run = { ...options, project, environment, jobs: there, rows: settings.rows ?? defaultRows, programs: settings.programs ?? [] };
  const ran = await runSide({ ...run, command: "tapline ci" });
  const shown = commit === undefined ? await headOf(repository) : commit.slice(0, 12);
  return { side: { name: options.name, commit: shown, jobs: ran }, project, environment, scratch };
}

/** The other branch may be broken, or unable to run here; then this one can't be compared, and is not to blame. */
async function baseTrial(options: TrialOptions): Promise<Trial | { reason: string; side: CiSide | null }> {
  const why = (reason: string): string => `Nothing could be compared, because ${options.name} can't be run: ${reason}`;
  try {
    const base = await trial(options);
    if ("failure" in base) return { reason: why(base.failure.message), side: null };
    const { side } = base;
    if (!isFailed(side.jobs)) return base;
    return { reason: why(side.jobs.find(({ failure }) => failure !== null)?.failure?.message ?? "a job failed"), side };
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
    return { reason: why(error.message), side: null };
  }
}

const defaultRows = 10_000;
const [baseName, headName] = ["ci-base", "ci-head"];

async function compare(base: Trial, head: Trial, jobs: readonly string[], options: CiOptions): Promise<CiTable[] | { failure: Failure }> {
  const { settings, binFolders, stop, onPluginEvent: onEvent } = options;
  const { environment } = head;
  const project = withPlugins(head.project, { [baseName]: scratchEntry(base), [headName]: scratchEntry(head) });
  const keys = await keysOfStreams(jobs, { ...head, binFolders });
  try {
    return await compareTables({
      ...{ project, environment, binFolders, stop: stop.asked, onEvent, settings },
      ...{ base: base.side.jobs.length === 0 ? undefined : baseName, head: headName },
      keyOf({ table, columns }) {
        const own = keys.get(table.name.toLowerCase()) ?? [];
        return own.length > 0
          ? own
          : keyByTest(
              head.side.jobs,
              table.name,
              columns.map(({ name }) => name),
            );
      },
    });
  } catch (error) {
    if (error instanceof SideFailed) return { failure: error.failure };
    throw error;
  }
}

/** The database of a side as a plugin beside those of the project. */
function scratchEntry({ scratch: { target, config }, project }: Trial): PluginEntry {
  const own = project.parsed.file.plugins?.[target] ?? { kind: "target", config: { ...config } };
  return { ...own, inherit_from: own.inherit_from ?? target };
}

/** @throws ci_no_jobs, job_unknown */
function jobsOf(project: Project, settings: CiEntry): readonly string[] {
  const names = settings.jobs ?? jobNames(project);
  if (names.length === 0) throw errors.ci_no_jobs({}, { file: project.path });
  for (const name of names) jobOf(project, name);
  return names;
}

const isFailed = (jobs: readonly CiJob[]): boolean => jobs.some(({ status }) => status !== "done" && status !== "warning");

/** A trial that read nothing proves nothing. @throws ci_nothing_loaded */
function expectRows(jobs: readonly CiJob[]): void {
  const counts = jobs.flatMap(({ steps }) => steps.flatMap(({ rows }) => rows ?? []));
  if (counts.length > 0 && counts.every((rows) => rows === 0)) throw errors.ci_nothing_loaded({ jobs: jobs.map(({ job }) => job) });
}

function notesOf(jobs: readonly CiJob[], { rows = defaultRows }: CiEntry): string[] {
  const steps = jobs.flatMap((job) => job.steps.map((step) => ({ ...step, job: job.job })));
  const cut = [...new Set(steps.flatMap((step) => step.cut))];
  return [
    ...steps.flatMap(({ job, name, status }) =>
      status === "left out"
        ? [`${job}: ${name} was left out, because nobody knows what it writes to. To run it here: ci.programs in tapline.yml`]
        : [],
    ),
    ...(cut.length > 0
      ? [`Of ${cut.join(", ")} only the first ${rows} rows were read (ci.rows); rows that belong together may be apart`]
      : []),
  ];
}
