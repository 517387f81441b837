/** Describes what a run would do, for `--dry-run`. It reads the project and the state, and changes neither. */

import { capabilities, hasCapability } from "@tapline/protocol";
import { describeGuarantee, guaranteeOf } from "../model/guarantee.ts";
import type { Project } from "../model/project.ts";
import type { Step } from "../model/step.ts";
import { overwritesTables } from "../pipe-run/plugin-arguments.ts";
import { startStateOf } from "../pipe-run/start-state.ts";
import { describeState } from "../report/describe-state.ts";
import { openStoreIfThere } from "../state/open-store.ts";
import { type PlannedStep, type PlanOptions, planJob } from "./plan.ts";

/** @throws what `planJob` throws */
export async function describePlan(options: PlanOptions): Promise<string[]> {
  const { job, environment, steps } = await planJob({ ...options, project: { ...options.project, isReadOnly: true } });
  const count = `${steps.length} ${steps.length === 1 ? "step" : `steps, at most ${job.maxParallel} at a time`}`;
  const described = await Promise.all(steps.map((planned, index) => describeStep(planned, index, environment, options)));
  return [`${job.name} (${environment}): ${count}. Nothing was run.`, ...described.flatMap((lines) => ["", ...lines])];
}

async function describeStep({ step, ready }: PlannedStep, index: number, environment: string, options: PlanOptions): Promise<string[]> {
  const waits = step.after.length === 0 ? "" : `   (after ${step.after.map((each) => each + 1).join(", ")})`;
  const head = `${index + 1}. ${step.name}${waits}`;
  if (ready.kind === "utility") return [head, `   program   ${ready.executable.path}`];
  const { pipe } = ready;
  const facts: [string, string][] = [
    ["tap", pipe.tap.executable.path],
    ...pipe.mappers.map(({ executable }): [string, string] => ["mapper", executable.path]),
    ["target", pipe.target.executable.path],
    ["state id", pipe.stateId],
    ["starts", await describeStart(pipe, environment, options)],
    ...(pipe.place === null ? [] : [["database", pipe.place.value] as [string, string]]),
    ["delivery", describeGuarantee(guaranteeOf(pipe.target.about))],
    ...(step.parallel > 1 ? [["pipes", `up to ${step.parallel}`] as [string, string]] : []),
  ];
  return [head, ...facts.map(([name, text]) => `   ${name.padEnd(8)}  ${text}`)];
}

async function describeStart(pipe: Step, environment: string, { project, request }: PlanOptions): Promise<string> {
  const { full_refresh: fullRefresh = false, from_ledger: fromLedger = false } = request;
  const overwrite = overwritesTables(pipe.target);
  const kept = await keptState(project, environment, pipe.stateId);
  const { state } = startStateOf({
    kept,
    keptBy: null,
    fullRefresh,
    overwrite,
    earlierTries: [],
    lenient: hasCapability(pipe.tap.about, capabilities.discover),
  });
  if (pipe.replacesAll === true) return "from the beginning, and replaces the tables";
  if (fromLedger) return "from the state in the target's ledger";
  if (overwrite) return "from the beginning (the target replaces its tables)";
  return state === null ? "from the beginning" : `from the bookmark: ${describeState(state)}`;
}

async function keptState(project: Project, environment: string, stateId: string): Promise<string | null> {
  await using store = await openStoreIfThere(project, environment);
  return (await store?.state(stateId))?.value ?? null;
}
