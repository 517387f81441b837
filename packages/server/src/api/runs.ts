/** Runs: the list, one run, and what can be done with one. */

import { runStatuses, Type } from "@tapline/protocol";
import {
  cancelRun,
  type History,
  type JobRequest,
  jobRequestSchema,
  lifeOf,
  type RunFilter,
  type RunRecord,
  retryOf,
  triggerKinds,
} from "@tapline/runner";
import { errors } from "../errors.ts";
import type { Who } from "./access.ts";
import { doneAnswer, runAnswer, runsAnswer, startedAnswer } from "./answers.ts";
import { route } from "./route.ts";
import { stepOf, summaryOf } from "./run-answers.ts";

const text = Type.Optional(Type.String({ minLength: 1 }));
const mostRuns = 200;

export const listRuns = route({
  method: "GET",
  path: "/api/runs",
  role: "read",
  summary: "The runs of the project, newest first.",
  query: Type.Object({
    job: text,
    environment: text,
    status: Type.Optional(Type.Enum([...runStatuses])),
    trigger: Type.Optional(Type.Enum([...triggerKinds])),
    tag: Type.Optional(Type.String({ pattern: "^[^=\\s]+=", description: "KEY=VALUE" })),
    since: text,
    before: Type.Optional(Type.String({ description: "Only runs below this one in the list." })),
    limit: Type.Optional(Type.String({ pattern: "^\\d{1,3}$", description: `Default: 50; ${mostRuns} at most.` })),
  }),
  answer: runsAnswer,
  handle({ history }, { query }) {
    const { job: name, environment, status, trigger, tag, since, before, limit = "50" } = query;
    const most = Math.min(Number(limit), mostRuns);
    const [key = "", ...value] = tag?.split("=") ?? [];
    const filter = { name, environment, status, trigger, since, before, tags: tag === undefined ? {} : { [key]: value.join("=") } };
    // One more, to know whether there are any.
    const found = history.runs({ ...filter, limit: most + 1 } as RunFilter);
    const runs = found.slice(0, most);
    return { runs: runs.map(summaryOf), older: found.length > most ? (runs.at(-1)?.runId ?? null) : null };
  },
});

export const showRun = route({
  method: "GET",
  path: "/api/runs/:id",
  role: "read",
  summary: "One run, with its steps, streams, checks and notices.",
  answer: runAnswer,
  handle({ history }, { id }) {
    const run = knownRun(history, id);
    const steps = history.steps(run.runId);
    return {
      run: summaryOf(run),
      request: run.request as Record<string, unknown>,
      notices: run.notices ?? [],
      steps: steps.map(stepOf),
      can_cancel: run.status === "running" && lifeOf(run.runner) === "alive",
      can_retry: run.status !== "running" && retryOf(run, steps) !== undefined,
    };
  },
});

/** What only the runner decides is left out. */
const { trigger: _trigger, run_id: _runId, ...ofPerson } = jobRequestSchema.properties;

export const startRun = route({
  method: "POST",
  path: "/api/runs",
  role: "run",
  summary: "Starts a run, as tapline run does, and answers once it is in the history.",
  body: Type.Object(ofPerson, { additionalProperties: false }),
  answer: startedAnswer,
  async handle({ startRun: start }, { body, who }) {
    return { run_id: await start(startedBy(who, body)) };
  },
});

export const cancel = route({
  method: "POST",
  path: "/api/runs/:id/cancel",
  role: "run",
  summary: "Asks a run to stop, as Ctrl-C does: what was committed stays, and the bookmark is kept.",
  answer: doneAnswer,
  async handle({ history, project }, { id }) {
    const run = knownRun(history, id);
    if (run.status !== "running") throw errors.run_over({ runId: run.runId, status: run.status });
    // The page sees the end by the run's events.
    cancelRun(project.folder, run).catch(() => {});
    return { message: `Run ${run.runId} was asked to stop.` };
  },
});

export const retry = route({
  method: "POST",
  path: "/api/runs/:id/retry",
  role: "run",
  summary: "Repeats the steps of a run that did not succeed, as another run.",
  answer: startedAnswer,
  async handle({ history, startRun: start }, { id, who }) {
    const run = knownRun(history, id);
    const request = run.status === "running" ? undefined : retryOf(run, history.steps(run.runId));
    if (request === undefined) throw errors.run_over({ runId: run.runId, status: run.status });
    return { run_id: await start(startedBy(who, request)) };
  },
});

/** The history tells whose token it was. */
function startedBy({ name }: Who, request: JobRequest): JobRequest {
  return name === null ? request : { ...request, tags: { ...request.tags, by: name } };
}

/** @throws run_not_known */
export function knownRun(history: History, runId: string): RunRecord {
  const run = history.run(runId);
  if (run === undefined) throw errors.run_not_known({ runId });
  return run;
}
