/** Gets a whole job ready: finds every step's plugins and reads their settings before the first process starts. */

import { fileURLToPath } from "node:url";
import { capabilities } from "@tapline/protocol";
import { checksFor, checksOfPart } from "../checks/checks-for.ts";
import { errors } from "../errors.ts";
import type { JobRequest } from "../model/job-request.ts";
import type { Plugin } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import type { ReadyPlugin, Step } from "../model/step.ts";
import { prepareStep } from "../plugins/prepare.ts";
import { type Job, type JobStep, jobOf, jobOfWords } from "../project/job.ts";
import { environmentOf, pluginNames } from "../project/project.ts";
import { prepareUtility, type ReadyUtility, singleWriterPath } from "../utility/prepare-utility.ts";
import { applySettings } from "./run-settings.ts";

export interface PlanOptions {
  project: Project;
  request: JobRequest;
  binFolders?: readonly string[];
}

export interface Plan {
  job: Job;
  environment: string;
  steps: PlannedStep[];
}

export interface PlannedStep {
  step: JobStep;
  ready: ReadyPipe | ReadyUtility;
}

export interface ReadyPipe {
  kind: "pipe";
  pipe: Step;
  /** A path that only one step may write to at a time, such as a database file; null: several steps may write at once. */
  writesTo: string | null;
}

/** One word that names no plugin is a job. @throws what `jobOf` and `jobOfWords` throw */
export function jobOfRequest(project: Project, { words }: JobRequest): Job {
  const [name = ""] = words;
  const isJob = words.length === 1 && !pluginNames(project).includes(name);
  return isJob ? jobOf(project, name) : jobOfWords(project, words);
}

/** @throws what `jobOfRequest`, `prepareStep` and `applySettings` throw, state_id_of_many, state_id_twice, follow_of_many, follow_of_overwrite */
export async function planJob(options: PlanOptions): Promise<Plan> {
  const { project, request } = options;
  const job = jobOfRequest(project, request);
  const environment = environmentOf(project, request.environment);
  const steps = await Promise.all(job.steps.map(async (step) => ({ step, ready: await makeReady(step, environment, options) })));
  const pipes = steps.flatMap(({ step, ready }) => (ready.kind === "pipe" ? [{ name: step.name, id: ready.pipe.stateId }] : []));
  if (request.state_id !== undefined && pipes.length > 1) throw errors.state_id_of_many({ count: pipes.length });
  if (request.follow === true) checkFollow(job.name, steps);
  const twice = pipes.find(({ id }, index) => pipes.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) throw errors.state_id_twice({ step: twice.name, stateId: twice.id }, { file: project.path });
  return { job, environment, steps };
}

/** @throws follow_of_many, follow_of_overwrite */
function checkFollow(job: string, [first, ...others]: readonly PlannedStep[]): void {
  if (first?.ready.kind !== "pipe" || others.length > 0) throw errors.follow_of_many({ job });
  const { checks, target } = first.ready.pipe;
  if (checks?.some(({ when }) => when === "commit"))
    throw errors.follow_of_overwrite({ target: target.plugin.name, why: "checks with when: commit" });
}

async function makeReady(step: JobStep, environment: string, options: PlanOptions): Promise<PlannedStep["ready"]> {
  const { project, request, binFolders = [] } = options;
  const { work } = step;
  if (work.kind === "utility") return prepareUtility(project, { name: work.plugin, args: work.args, environment, binFolders });
  const stateIdSuffix = request.state_id_suffix ?? step.stateIdSuffix;
  const prepared = await prepareStep({ project, ...work, environment, stateIdSuffix, binFolders });
  const batch = request.batch ?? step.batch;
  const isPart = request.trigger?.kind === "backfill";
  return {
    kind: "pipe",
    pipe: {
      ...applySettings(prepared, request, limiterOf),
      batch,
      checks: checksFor(prepared.target, isPart ? checksOfPart(step.checks, request.select) : step.checks),
    },
    writesTo: singleWriterPath(prepared.target, project.folder),
  };
}

/** A mapper that drops rows after the limit, so that no tap has to know about limits. */
function limiterOf(rows: number, appends: boolean): ReadyPlugin {
  const path = fileURLToPath(new URL("../bin/limit-rows.js", import.meta.url));
  const plugin: Plugin = {
    name: "limit",
    base: "limit",
    kind: "mapper",
    entry: {},
    config: { rows, appends },
    env: {},
    usedVariables: new Map(),
    fetched: [],
    positionOf: () => ({}),
    positionOfRule: () => ({}),
  };
  const executable = { command: process.execPath, leadingArgs: [path], path };
  return { plugin, executable, about: { capabilities: [capabilities.replaceSource] }, catalog: undefined, endsEarly: true };
}
