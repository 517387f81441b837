/** Streams: what the last run of each job did with them, and how one stream went over the last runs. */
import { Type } from "@tapline/protocol";
import type { RunRecord, StepRecord } from "@tapline/runner";
import { errors } from "../errors.ts";
import { type Streams, streamAnswer, streamsAnswer } from "./answers.ts";
import { chosen } from "./chosen.ts";
import { namedPipelines } from "./pipelines.ts";
import { route, type Served } from "./route.ts";
import { streamOf } from "./run-answers.ts";

const shownRuns = 50;
/** A run may have only some of a job's streams, such as those that files came for, or none where it failed early: so many runs are looked at. */
const looksBack = 5;

export const listStreams = route({
  method: "GET",
  path: "/api/streams",
  role: "read",
  summary: "The streams of each job, as the last run that had each left it.",
  query: Type.Object(chosen),
  answer: streamsAnswer,
  handle: (served, { query }) => ({ streams: namedPipelines(served, query).flatMap((named) => lastStreams(served, named)) }),
});

function lastStreams({ history }: Served, { name, environment }: { name: string; environment: string }): Streams["streams"] {
  const found = new Map<string, Streams["streams"][number]>();
  for (const run of history.runs({ limit: looksBack, name, environment }))
    for (const stream of history.steps(run.runId).flatMap((step) => streamsOfStep(run, step))) {
      const key = `${stream.step} ${stream.stream}`;
      if (!found.has(key)) found.set(key, stream);
    }
  return [...found.values()];
}

function streamsOfStep({ name, environment, runId, status, endedAt }: RunRecord, step: StepRecord): Streams["streams"] {
  return step.streams.map((record) => {
    const { stream, table, loaded, in_table, rejected, rejected_by_tap, adds_up } = streamOf(record);
    return {
      ...{ job: name, environment, step: step.index, stream, table, target: step.plugins.at(-1)?.name ?? null },
      ...{ loaded, in_table, rejected: rejected === null ? rejected_by_tap : rejected + (rejected_by_tap ?? 0), adds_up },
      ...{ run_id: runId, ended_at: endedAt, status },
    };
  });
}

export const showStream = route({
  method: "GET",
  path: "/api/stream",
  role: "read",
  summary: "One stream of a job, in its last runs.",
  query: Type.Object({
    job: Type.String({ minLength: 1 }),
    environment: Type.String({ minLength: 1 }),
    stream: Type.String({ minLength: 1 }),
  }),
  answer: streamAnswer,
  handle({ history }, { query: { job, environment, stream } }) {
    const runs = history.streamRuns({ name: job, environment, stream, limit: shownRuns }).map(({ run, step, result }) => ({
      ...{ run_id: run.runId, status: run.status, started_at: run.startedAt, ended_at: run.endedAt, step, result: streamOf(result) },
    }));
    if (runs.length === 0) throw errors.stream_not_run({ job, stream });
    return { job, environment, stream, runs };
  },
});
