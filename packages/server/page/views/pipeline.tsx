/** One pipeline: why it does not run beside why it failed last, what starts it, its runs, streams and settings. */
import type { Pipeline, Pipelines, RunSummary } from "../../src/api/answers.ts";
import { startRun } from "../actions.ts";
import { withQuery } from "../api.ts";
import { go, useHref } from "../location.ts";
import { Action } from "../parts/action.tsx";
import { Answered, Empty } from "../parts/answered.tsx";
import { FailureBox } from "../parts/error-box.tsx";
import { Heading } from "../parts/heading.tsx";
import { PauseButton } from "../parts/pause-button.tsx";
import { RunTable } from "../parts/run-table.tsx";
import { SettingsOf } from "../parts/settings.tsx";
import { Status } from "../parts/status.tsx";
import { StreamTable } from "../parts/stream-table.tsx";
import { Strip } from "../parts/strip.tsx";
import { Ago } from "../parts/time.tsx";
import { Triggers } from "../parts/triggers.tsx";
import { runPath } from "../router.ts";
import { useEnvironment, useSession } from "../session.ts";
import { formatCount } from "../text/format.ts";
import { reasonsOf, stateOf } from "../text/pipeline-state.ts";
import { useAnswer } from "../use-answer.ts";

export function PipelineView({ job }: { job: string }) {
  const environment = useEnvironment();
  const href = useHref();
  const asked = useAnswer<Pipelines>(withQuery("/api/pipelines", { job, environment }), 2000);
  return (
    <>
      <Heading title={job} above={<a href={href("/")}>Pipelines</a>} />
      <Answered asked={asked}>
        {({ pipelines }) => {
          if (pipelines.length === 0)
            return (
              <Empty>
                <p>
                  The project has no job <code>{job}</code>
                  {environment && ` that ran or is planned in ${environment}`}.
                </p>
              </Empty>
            );
          return pipelines.map((pipeline) => <OnePipeline key={pipeline.environment} pipeline={pipeline} onDone={asked.again} />);
        }}
      </Answered>
    </>
  );
}

function OnePipeline({ pipeline, onDone }: { pipeline: Pipeline; onDone: () => void }) {
  const href = useHref();
  const { environments, jobs } = useSession();
  const { name, environment, words, runs, paused } = pipeline;
  const start = async (): Promise<void> => {
    const runId = await startRun(words, environment);
    go(href(runPath(runId)));
  };
  return (
    <>
      <div class="line">
        <Status status={stateOf(pipeline)} />
        {environments.length > 1 && <span class="tag">{environment}</span>}
        <span>
          Last success: <Ago at={pipeline.last_success} />
          {pipeline.is_stale && <strong class="bad-text"> (late)</strong>}
        </span>
        <span>{formatCount(pipeline.rows_today)} rows today</span>
        <span class="actions">
          <Action text="Run now" kind="main" needs="run" act={start} />
          {jobs.includes(name) && <PauseButton name={name} environment={environment} isPaused={paused !== null} onDone={onDone} />}
        </span>
      </div>
      <div class="beside">
        <WhyNot pipeline={pipeline} />
        <WhyFailed runs={runs} />
      </div>
      <h2>Steps</h2>
      <ol class="steps">
        {pipeline.steps.map((step) => (
          <li key={step}>
            <code>{step}</code>
          </li>
        ))}
      </ol>
      <Triggers pipeline={pipeline} onDone={onDone} />
      <h2>Runs</h2>
      <Strip job={name} runs={runs} />
      {runs.length > 0 && <RunTable name={`Runs of ${name}`} runs={runs.slice(0, 10)} isOfOneJob />}
      <p>
        <a href={href("/runs", { job: name })}>All runs of {name}</a>
      </p>
      <h2>Streams</h2>
      <StreamTable job={name} environment={environment} />
      <h2>Settings</h2>
      <SettingsOf plugins={pipeline.plugins} environment={environment} />
    </>
  );
}

function WhyNot({ pipeline }: { pipeline: Pipeline }) {
  const reasons = reasonsOf(pipeline);
  const isRunning = pipeline.runs[0]?.status === "running";
  return (
    <section class="box" aria-label="Why it does not run">
      <h2>Why does it not run?</h2>
      {isRunning && <p>It runs now.</p>}
      {reasons.map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
      {reasons.length === 0 && !isRunning && (
        <p>
          {pipeline.triggers.length === 0
            ? "Nothing starts it by itself: it has no schedule and no sensor."
            : "Nothing holds it: it starts when it is due."}
        </p>
      )}
    </section>
  );
}

function WhyFailed({ runs }: { runs: readonly RunSummary[] }) {
  const href = useHref();
  // Who stopped a run knows why.
  const failed = runs.find(({ error, status }) => error !== null && status !== "stopped" && status !== "running");
  if (failed?.error == null)
    return (
      <section class="box" aria-label="Why it failed">
        <h2>Why did it fail?</h2>
        <p>None of its last {runs.length} runs failed.</p>
      </section>
    );
  const isOver = runs.slice(0, runs.indexOf(failed)).some(({ status }) => status === "done" || status === "warning");
  return (
    <section aria-label="Why it failed">
      {isOver && <p class="quiet">It has succeeded since.</p>}
      <FailureBox failure={failed.error} title="Why did it fail?" />
      <p>
        <a href={href(runPath(failed.run_id))}>The run that failed</a>, <Ago at={failed.started_at} />
      </p>
    </section>
  );
}
