/** Pipelines: each job with what starts it, its last runs, and why it does not run. */
import { isSuccess, TaplineError, Type } from "@tapline/protocol";
import {
  environmentOf,
  type History,
  type Job,
  type JobStep,
  jobNames,
  jobOf,
  jobOfWords,
  latenessOf,
  parseDuration,
  type RunRecord,
  type Store,
} from "@tapline/runner";
import { describeNow, describeWhyOfFile } from "../describe-why.ts";
import { pause, pauseNamed, resume } from "../pause.ts";
import { type Plan, plansNamed } from "../plan.ts";
import { type Why, whyPlan } from "../why.ts";
import { doneAnswer, type Pipeline, pipelinesAnswer } from "./answers.ts";
import { chosen } from "./chosen.ts";
import { type Asked, route, type Served } from "./route.ts";
import { summaryOf } from "./run-answers.ts";

const shownRuns = 30;
/** Among so many runs of the project, pipes are found that ran without a job. */
const recentRuns = 200;
/** More runs of one job a day are not added up. */
const mostToday = 2000;

interface Named {
  name: string;
  environment: string;
}

export const listPipelines = route({
  method: "GET",
  path: "/api/pipelines",
  role: "read",
  summary: "Each job, and each pipe that ran lately without one: its last runs, what starts it, and why it does not run.",
  query: Type.Object(chosen),
  answer: pipelinesAnswer,
  async handle(served, { query }) {
    const pipelines: Pipeline[] = [];
    for (const named of namedPipelines(served, query)) pipelines.push(await pipelineOf(served, named));
    return { pipelines, server: { started_at: served.startedAt.toISOString(), now: served.clock.now().toISOString() } };
  },
});

/** Jobs in their order, then pipes that ran without one, in each environment that a schedule, a sensor or a run names. */
export function namedPipelines({ history, project, plans }: Served, { job, environment }: { job?: string; environment?: string }): Named[] {
  const recent = history.runs({ limit: recentRuns, name: job });
  const jobs = jobNames(project);
  const others = recent.map(({ name }) => name).filter((name) => !jobs.includes(name));
  const all = [...jobs, ...new Set(others)].filter((name) => (job ?? name) === name);
  return all.flatMap((name) => {
    const planned = plans.filter((plan) => plan.job === name).map((plan) => plan.environment);
    const ran = recent.filter((run) => run.name === name).map((run) => run.environment);
    const found = new Set([...planned, ...ran]);
    const environments = [...(found.size === 0 ? [environmentOf(project)] : found)];
    return environments.filter((each) => (environment ?? each) === each).map((each) => ({ name, environment: each }));
  });
}

async function pipelineOf(served: Served, named: Named): Promise<Pipeline> {
  const { history, project, plans, clock, storeOf } = served;
  const { name, environment } = named;
  const isJob = jobNames(project).includes(name);
  const runs = history.runs({ limit: shownRuns, name, environment });
  const steps = stepsOf(() => (isJob ? jobOf(project, name) : jobOfWords(project, runs[0]?.request.words ?? [name])));
  const store = await storeOf(environment);
  const now = clock.now();
  const midnight = `${now.toISOString().slice(0, 10)}T00:00:00.000Z`;
  const today = history.runs({ limit: mostToday, name, environment, since: midnight });
  const success = lastSuccess(history, named, runs);
  const freshMs = parseDuration(latenessOf(project, name)?.fresh_within ?? "");
  const own = plans.filter((plan) => plan.job === name && plan.environment === environment);
  return {
    ...{ name, environment },
    words: isJob ? [name] : (runs[0]?.request.words ?? [name]),
    steps: steps?.map((step) => step.name) ?? [name],
    plugins: [...new Set(steps?.flatMap(pluginsOfStep))],
    paused: await pauseAnswer(store, name),
    triggers: await Promise.all(
      own.map(async (plan) => triggerOf(plan, await whyPlan(project, store, plan, now), await pauseAnswer(store, plan.name))),
    ),
    runs: runs.map(summaryOf),
    rows_today: today.reduce((sum, { rows }) => sum + (rows?.loaded ?? 0), 0),
    last_success: success,
    fresh_within_seconds: freshMs === undefined ? null : freshMs / 1000,
    is_stale: freshMs !== undefined && (success === null || now.getTime() - Date.parse(success) > freshMs),
  };
}

/** undefined: a mistake in tapline.yml, or a pipe whose plugins are gone. The other pipelines are shown all the same; a run says what is wrong. */
function stepsOf(read: () => Job): JobStep[] | undefined {
  try {
    return read().steps;
  } catch (error) {
    if (error instanceof TaplineError) return undefined;
    throw error;
  }
}

function pluginsOfStep({ work }: JobStep): string[] {
  return work.kind === "pipe" ? [work.tap, ...work.mappers, work.target] : [work.plugin];
}

function lastSuccess(history: History, named: Named, newest: readonly RunRecord[]): string | null {
  const shown = newest.find(({ status }) => isSuccess(status));
  if (shown !== undefined || newest.length < shownRuns) return shown?.endedAt ?? null;
  const found = (["done", "warning"] as const).flatMap((status) => history.runs({ ...named, limit: 1, status }));
  return (
    found
      .map(({ endedAt }) => endedAt ?? "")
      .sort()
      .at(-1) ?? null
  );
}

async function pauseAnswer(store: Store, name: string): Promise<Pipeline["paused"]> {
  const paused = await pauseNamed(store, name);
  return paused === undefined ? null : { since: paused.since, reason: paused.reason };
}

function triggerOf(plan: Plan, why: Why, paused: Pipeline["paused"]): Pipeline["triggers"][number] {
  const { last, waiting } = why;
  return {
    ...{ kind: plan.kind, name: plan.name, paused },
    when: plan.kind === "schedule" ? plan.signature : plan.patterns.join(", "),
    next_due: why.nextDue,
    now: describeNow(why),
    waiting: waiting === null ? null : { reason: waiting.reason, ...(waiting.reason === "running" ? { run_id: waiting.runId } : {}) },
    last:
      last === null
        ? null
        : {
            ...{ due_at: last.dueAt, status: last.status, run_id: last.attempts.at(-1)?.runId ?? null, error: last.error ?? null },
            missed: last.missed?.count ?? 0,
          },
    files: why.files.map((file) => ({ path: file.path, state: file.state.kind, text: describeWhyOfFile(file) })),
  };
}

export const pausePipeline = route({
  method: "POST",
  path: "/api/pipelines/:id/pause",
  role: "run",
  summary: "Pauses a job, a schedule or a sensor: nothing of it starts by itself.",
  body: Type.Object(
    { reason: Type.Optional(Type.String({ minLength: 1 })), environment: chosen.environment },
    { additionalProperties: false },
  ),
  answer: doneAnswer,
  async handle(served, asked) {
    await inStores(served, asked, (store) => pause(store, asked.id, asked.body.reason ?? null));
    return { message: `${asked.id} is paused.` };
  },
});

export const resumePipeline = route({
  method: "POST",
  path: "/api/pipelines/:id/resume",
  role: "run",
  summary: "Resumes what was paused.",
  body: Type.Object({ environment: chosen.environment }, { additionalProperties: false }),
  answer: doneAnswer,
  async handle(served, asked) {
    await inStores(served, asked, (store) => resume(store, asked.id));
    return { message: `${asked.id} is no longer paused.` };
  },
});

/** In the environments in which it is planned, or the one that is named. @throws name_unknown */
async function inStores(
  { project, storeOf }: Served,
  { id, body }: Asked<unknown, { environment?: string | undefined }>,
  work: (store: Store) => Promise<unknown>,
): Promise<void> {
  const planned = plansNamed(project, id).map(({ environment }) => environment);
  const environments = body.environment === undefined ? (planned.length === 0 ? [environmentOf(project)] : planned) : [body.environment];
  for (const environment of new Set(environments)) await work(await storeOf(environmentOf(project, environment)));
}
