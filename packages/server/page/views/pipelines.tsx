/** All pipelines: a sentence on how they are, and for each job its status, last runs, next due time, freshness and rows of today. */
import type { Pipeline, Pipelines } from "../../src/api/answers.ts";
import { startRun } from "../actions.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { Action } from "../parts/action.tsx";
import { Answered, Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { PauseButton } from "../parts/pause-button.tsx";
import { Status } from "../parts/status.tsx";
import { Strip } from "../parts/strip.tsx";
import { Ago } from "../parts/time.tsx";
import { jobPath, runPath } from "../router.ts";
import { useEnvironment, useEnvironmentQuery, useSession } from "../session.ts";
import { formatCount, formatDuration } from "../text/format.ts";
import { headlineOf, nextDueOf, reasonsOf, stateOf, troubledFirst, troubleOf } from "../text/pipeline-state.ts";
import { useAnswer } from "../use-answer.ts";

export function PipelinesView() {
  const environment = useEnvironment();
  const asked = useAnswer<Pipelines>(withQuery("/api/pipelines", { environment }), 2000);
  return (
    <>
      <Heading title="Pipelines" />
      <Answered asked={asked}>
        {({ pipelines }) => {
          if (pipelines.length === 0) return <Begin />;
          const headline = headlineOf(pipelines);
          return (
            <>
              <p class={`headline ${headline.tone}`}>{headline.text}</p>
              <ul class="pipelines">
                {troubledFirst(pipelines).map((pipeline) => (
                  <PipelineRow key={`${pipeline.environment}/${pipeline.name}`} pipeline={pipeline} onDone={asked.again} />
                ))}
              </ul>
            </>
          );
        }}
      </Answered>
    </>
  );
}

function PipelineRow({ pipeline, onDone }: { pipeline: Pipeline; onDone: () => void }) {
  const href = useHref();
  const environmentOf = useEnvironmentQuery();
  const { environments, jobs } = useSession();
  const { name, environment, words, runs, paused } = pipeline;
  const due = nextDueOf(pipeline);
  const start = async (): Promise<void> => {
    await startRun(words, environment);
    onDone();
  };
  return (
    <li class={troubleOf(pipeline) === undefined ? "pipeline" : "pipeline bad"} data-row>
      <div class="who">
        <h2>
          <a href={href(jobPath(name), environmentOf(environment))}>{name}</a>
          {environments.length > 1 && <span class="quiet"> {environment}</span>}
        </h2>
        <Status status={stateOf(pipeline)} />
      </div>
      <Strip job={name} runs={runs} />
      <dl class="facts">
        <div>
          <dt>Next due</dt>
          <dd>{due === undefined ? <span class="quiet">{nextWithoutTime(pipeline)}</span> : <Ago at={due} />}</dd>
        </div>
        <div class={pipeline.is_stale ? "late" : undefined}>
          <dt>Last success</dt>
          <dd
            title={pipeline.fresh_within_seconds === null ? undefined : `should be within ${formatDuration(pipeline.fresh_within_seconds)}`}
          >
            <Ago at={pipeline.last_success} />
            {pipeline.is_stale && " (late)"}
          </dd>
        </div>
        <div>
          <dt>Rows today</dt>
          <dd class="number">{formatCount(pipeline.rows_today)}</dd>
        </div>
      </dl>
      <div class="actions">
        <Action text="Run now" label={`Run now: ${name}`} needs="run" act={start} />
        {jobs.includes(name) && <PauseButton name={name} environment={environment} isPaused={paused !== null} onDone={onDone} />}
      </div>
      <Why pipeline={pipeline} />
    </li>
  );
}

/** Why it failed beside why it does not run. */
function Why({ pipeline }: { pipeline: Pipeline }) {
  const href = useHref();
  const reasons = reasonsOf(pipeline);
  const last = pipeline.runs.find(({ status }) => status !== "running");
  if (reasons.length === 0 && !last?.error) return null;
  return (
    <div class="why">
      {last?.error && (
        <p class="bad-text">
          <a href={href(runPath(last.run_id))}>The last run</a> failed: {last.error.message}
        </p>
      )}
      {reasons.map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
    </div>
  );
}

function nextWithoutTime({ triggers }: Pipeline): string {
  if (triggers.length === 0) return "by hand";
  return triggers.some(({ kind, paused }) => kind === "sensor" && paused === null) ? "when files come" : "paused";
}

function Begin() {
  return (
    <Empty>
      <h2>This project has no job yet</h2>
      <p>
        A job names a tap and a target. Write one into <code>tapline.yml</code>; this page shows it within seconds:
      </p>
      <pre>{'jobs:\n  daily: [tap-csv target-duckdb]\nschedules:\n  - { name: nightly, cron: "15 2 * * *", job: daily }'}</pre>
    </Empty>
  );
}
