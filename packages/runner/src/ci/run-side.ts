/** Runs the jobs of one side of a trial, each to its end, so that a reviewer sees all that is wrong. */
import { runJob } from "../jobs/run-job.ts";
import type { CiJob, CiStep } from "../model/ci-report.ts";
import type { Project } from "../model/project.ts";
import type { RunEvent, StepResult } from "../model/run-event.ts";
import type { StopSource } from "../model/stop.ts";
import { type JobStep, jobOf } from "../project/job.ts";
import { entryOf } from "../project/plugin-entry.ts";

export interface SideRun {
  /** As a trial runs it. */
  project: Project;
  environment: string;
  jobs: readonly string[];
  /** The most rows of each stream. */
  rows: number;
  /** Programs that may run, beside dbt. */
  programs: readonly string[];
  binFolders: readonly string[];
  stop: StopSource;
  command: string;
  onEvent(event: RunEvent, step: number | null): void;
}

/** @throws what can be wrong before the first plugin of a job starts */
export async function runSide(options: SideRun): Promise<CiJob[]> {
  const done: CiJob[] = [];
  for (const name of options.jobs) {
    if (options.stop.signal !== undefined) break;
    done.push(await runOne(name, options));
  }
  return done;
}

async function runOne(name: string, options: SideRun): Promise<CiJob> {
  const { project, environment, rows, binFolders, stop, command, onEvent } = options;
  const { steps } = jobOf(project, name);
  const only = steps.flatMap((step, index) => (mayRun(step, options) ? [index] : []));
  const began = performance.now();
  const isPiped = steps.some(({ work }, index) => work.kind === "pipe" && only.includes(index));
  const request = { words: [name], environment, only, ...(isPiped && { limit: rows }), tags: { ci: "true" } };
  const { status, steps: results, error } = await runJob({ project, request, binFolders, stop, command, onEvent });
  if (error !== undefined) throw error;
  return {
    job: name,
    status,
    seconds: Math.round(performance.now() - began) / 1000,
    steps: steps.map((step, index) => (only.includes(index) ? stepOf(step.name, results[index] ?? null, rows) : leftOut(step.name))),
    failure: results.find((result) => result?.failure != null)?.failure ?? null,
  };
}

/** Pipes write to scratch, and dbt to the target that it names; nobody knows what another program writes to. */
function mayRun({ work }: JobStep, { project, environment, programs }: SideRun): boolean {
  if (work.kind === "pipe" || programs.includes(work.plugin)) return true;
  return entryOf(project.parsed, work.plugin, environment).chain.at(-1) === "dbt";
}

const leftOut = (name: string): CiStep => ({ name, status: "left out", rows: null, cut: [], nodes: [], failure: null });

function stepOf(name: string, result: StepResult | null, most: number): CiStep {
  if (result === null) return { name, status: "skipped", rows: null, cut: [], nodes: [], failure: null };
  const { status, failure } = result;
  if (result.kind === "utility") return { name, status, rows: null, cut: [], nodes: result.nodes, failure };
  const { streams } = result;
  const isKnown = streams.every(({ loaded }) => loaded !== null);
  const rows = isKnown ? streams.reduce((sum, { loaded }) => sum + (loaded ?? 0), 0) : null;
  const cut = streams.flatMap(({ stream, received }) => ((received ?? 0) >= most ? [stream] : []));
  return { name, status, rows, cut, nodes: [], failure };
}
