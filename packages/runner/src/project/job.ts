/**
 * Reads the jobs of tapline.yml: their steps, what each step waits for, how often it is tried. No I/O.
 *
 * A step waits for the one above it unless it has `after`; `after: []` waits for nothing.
 */

import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { CheckEntry } from "../model/check-schema.ts";
import type { FilePosition } from "../model/file-position.ts";
import type { JobEntry, RetryEntry, StepEntry } from "../model/job-schema.ts";
import type { LimitSettings } from "../model/limits-schema.ts";
import type { PlannedCheck } from "../model/planned-check.ts";
import type { Path, Project } from "../model/project.ts";
import { splitBlocks } from "./meltano/blocks.ts";
import { isDeclared, kindOf } from "./plugin-entry.ts";
import { stepChecks } from "./step-checks.ts";
import { type Work, wordsOfStep, workOf } from "./step-words.ts";

export interface Retry {
  attempts: number;
  delayMs: number;
  maxDelayMs: number;
}

export interface Job {
  name: string;
  /** true: it is defined in tapline.yml, so that its runs build on each other. false: it was typed as a command. */
  isKept: boolean;
  maxParallel: number;
  limits: Limits;
  /** How many runs of it schedules and sensors start at once. */
  maxConcurrentRuns: number;
  /** Where more is due than may run, jobs with higher numbers start first. */
  priority: number;
  steps: JobStep[];
}

/** What its runs may take of the machine, and where that is written. */
export interface Limits extends LimitSettings {
  position: FilePosition;
}

export interface JobStep {
  name: string;
  /** The indexes of the steps it waits for. */
  after: number[];
  retry: Retry;
  parallel: number;
  batch: "auto" | "off";
  stateIdSuffix: string | undefined;
  /** Of a pipe. */
  checks: readonly PlannedCheck[];
  work: Work;
}

const defaultRetry: Retry = { attempts: 3, delayMs: 1000, maxDelayMs: 60_000 };
const defaultMaxParallel = 4;

export function jobNames(project: Project): string[] {
  return Object.keys(project.parsed.file.jobs ?? {});
}

/** @throws job_unknown, step_invalid, step_unknown, steps_in_circle, check_wrong */
export function jobOf(project: Project, name: string): Job {
  const jobs = (project.parsed.file.jobs ?? {}) as Record<string, JobEntry>;
  const entry = Object.hasOwn(jobs, name) ? jobs[name] : undefined;
  if (entry === undefined) {
    const known = Object.keys(jobs);
    throw errors.job_unknown({ name, known, meant: didYouMean(name, known) }, { file: project.path });
  }
  const { steps, ...settings } = Array.isArray(entry) ? { steps: entry } : entry;
  const position = { file: project.path, ...project.parsed.locate(["jobs", name]) };
  const retry = retryOf(settings.retry, defaultRetry);
  const names = steps.map((step) => (typeof step === "object" && step.name !== undefined ? step.name : wordsOfStep(step).join(" ")));
  const { batch = "auto" } = settings;
  const path: Path = Array.isArray(entry) ? ["jobs", name] : ["jobs", name, "steps"];
  const own = steps.map((step, index) => readStep({ project, step, index, names, retry, batch, position, path: [...path, index] }));
  const read = withChecksOfJob(own, settings.checks ?? [], project, name);
  const stuck = firstInCircle(read);
  if (stuck !== undefined) throw errors.steps_in_circle({ job: name, step: stuck }, position);
  const limits = { ...settings.limits, position: { ...position, ...project.parsed.locate(["jobs", name, "limits"]) } };
  return {
    name,
    isKept: true,
    maxParallel: settings.max_parallel ?? defaultMaxParallel,
    maxConcurrentRuns: settings.max_concurrent_runs ?? 1,
    priority: settings.priority ?? 0,
    limits,
    steps: read,
  };
}

/**
 * A job of one step, made from the words after `tapline run`. In a Meltano project they may be several steps, as for `meltano run`.
 * @throws step_invalid
 */
export function jobOfWords(project: Project, words: readonly string[]): Job {
  const steps = typedSteps(project, words).map((each, index) => ({
    name: each.join(" "),
    after: index === 0 ? [] : [index - 1],
    retry: defaultRetry,
    parallel: 1,
    batch: "auto" as const,
    stateIdSuffix: undefined,
    checks: [],
    work: workOf(project.parsed, each),
  }));
  return { name: words.join(" "), isKept: false, maxParallel: 1, maxConcurrentRuns: 1, priority: 0, limits: { position: {} }, steps };
}

function typedSteps({ meltano, parsed }: Project, words: readonly string[]): (readonly string[])[] {
  if (meltano === undefined) return [words];
  const jobs = parsed.file.jobs ?? {};
  // A job among them stands for its steps.
  const blocks = splitBlocks(words, meltano.commands, (name) => (isDeclared(parsed, name) ? kindOf(parsed, name) : undefined));
  return blocks.flatMap((block) => {
    const [name = "", ...more] = block;
    const entry = more.length === 0 && !isDeclared(parsed, name) && Object.hasOwn(jobs, name) ? jobs[name] : undefined;
    if (entry === undefined) return [block];
    return (Array.isArray(entry) ? entry : entry.steps).map(wordsOfStep);
  });
}

interface StepContext {
  project: Project;
  step: StepEntry;
  index: number;
  names: readonly string[];
  retry: Retry;
  batch: "auto" | "off";
  position: object;
  /** Of the step in the file. */
  path: Path;
}

/** The checks of a job are those of its only pipe. @throws check_wrong */
function withChecksOfJob(steps: JobStep[], entries: readonly CheckEntry[], project: Project, job: string): JobStep[] {
  if (entries.length === 0) return steps;
  const path: Path = ["jobs", job, "checks"];
  const pipes = steps.filter(({ work }) => work.kind === "pipe");
  const problem = `the job ${job} has ${pipes.length === 0 ? "no pipe" : `${pipes.length} pipes`}, so its checks must be at the step that they belong to`;
  if (pipes.length !== 1) throw errors.check_wrong({ problem }, positionAt(project, path));
  return steps.map((step) => {
    if (step !== pipes[0]) return step;
    const both = [...step.checks, ...stepChecks(entries, (index) => positionAt(project, [...path, index]))];
    return { ...step, checks: both.map((planned, index) => ({ ...planned, check: { ...planned.check, id: ownName(both, index) } })) };
  });
}

/** A check of the job may be as one of the step. */
function ownName(checks: readonly PlannedCheck[], index: number): string {
  const id = checks[index]?.check.id ?? "";
  return checks.findIndex(({ check }) => check.id === id) === index ? id : `${id} (of the job)`;
}

function positionAt(project: Project, path: Path): { file: string } {
  return { file: project.path, ...project.parsed.locate(path) };
}

function readStep({ project, step, index, names, retry, batch, position, path }: StepContext): JobStep {
  const entry = typeof step === "string" ? { run: step } : step;
  const name = names[index] as string;
  const above = index === 0 ? [] : [index - 1];
  const after = entry.after?.map((wanted) => {
    const found = names.indexOf(wanted);
    if (found < 0) throw errors.step_unknown({ step: name, wanted, known: names, meant: didYouMean(wanted, [...names]) }, position);
    return found;
  });
  const work = workOf(project.parsed, wordsOfStep(step), position);
  const { checks = [] } = entry;
  if (checks.length > 0 && work.kind !== "pipe")
    throw errors.check_wrong({ problem: `${name} is no pipe, so it has no rows to check` }, positionAt(project, [...path, "checks"]));
  return {
    name,
    after: after ?? above,
    retry: retryOf(entry.retry, retry),
    parallel: entry.parallel ?? 1,
    batch: entry.batch ?? batch,
    stateIdSuffix: entry.state_id_suffix,
    checks: stepChecks(checks, (at) => positionAt(project, [...path, "checks", at])),
    work,
  };
}

function retryOf(entry: RetryEntry | undefined, fallback: Retry): Retry {
  return {
    attempts: entry?.attempts ?? fallback.attempts,
    delayMs: entry?.delay_ms ?? fallback.delayMs,
    maxDelayMs: entry?.max_delay_ms ?? fallback.maxDelayMs,
  };
}

/** The name of a step that waits for itself. */
function firstInCircle(steps: readonly JobStep[]): string | undefined {
  const done = new Set<number>();
  for (let before = -1; before !== done.size; ) {
    before = done.size;
    steps.forEach(({ after }, index) => {
      if (after.every((each) => done.has(each))) done.add(index);
    });
  }
  return steps.find((_, index) => !done.has(index))?.name;
}
