/** One run: how it goes while it is at work, what each step did, what was asked, who was told. */

import { useState } from "preact/hooks";
import type { Run } from "../../src/api/answers.ts";
import { cancelRun, retryRun } from "../actions.ts";
import { useLiveRun } from "../live/use-live-run.ts";
import { go, useHref } from "../location.ts";
import { Action } from "../parts/action.tsx";
import { Answered } from "../parts/answered.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { FailureBox } from "../parts/error-box.tsx";
import { Heading } from "../parts/heading.tsx";
import { LiveSteps } from "../parts/live-steps.tsx";
import { RunStep } from "../parts/run-step.tsx";
import { Status, statusWord } from "../parts/status.tsx";
import { Table } from "../parts/table.tsx";
import { Instant, useNow } from "../parts/time.tsx";
import { jobPath, logPath, runPath } from "../router.ts";
import { useEnvironmentQuery, useSession } from "../session.ts";
import { counted, formatCount, formatDuration, secondsBetween } from "../text/format.ts";
import { reconcile } from "../text/reconcile.ts";
import { useAnswer } from "../use-answer.ts";

export function RunView({ runId }: { runId: string }) {
  const asked = useAnswer<Run>(`/api/runs/${encodeURIComponent(runId)}`, 5000);
  const href = useHref();
  const isRunning = asked.answer?.run.status === "running";
  const live = useLiveRun(isRunning ? runId : undefined, asked.again);
  return (
    <>
      <Heading
        title={asked.answer === undefined ? `Run ${runId}` : `${asked.answer.run.name}: run ${runId}`}
        above={<Above run={asked.answer?.run} />}
      />
      <Answered asked={asked}>
        {(answer) => {
          const { run, steps } = answer;
          const wrong = steps.flatMap(({ streams }) => streams.flatMap((stream) => reconcile(stream) ?? []));
          return (
            <>
              <Facts key={run.run_id} answer={answer} onDone={asked.again} />
              {run.error && <FailureBox failure={run.error} title={`The run ${statusWord(run.status)}`} isBad={run.status !== "stopped"} />}
              {wrong.map((sentence) => (
                <p class="box bad" key={sentence}>
                  {sentence}
                </p>
              ))}
              {live && isRunning && <LiveSteps live={live} steps={steps} />}
              <p>
                <a href={href(logPath(runId))}>Log of the run</a>
              </p>
              {steps.map((step) => (
                <RunStep key={step.index} step={step} run={run} isShownLive={isRunning && live?.steps.get(step.index) !== undefined} />
              ))}
              <Asked answer={answer} />
              <Notices answer={answer} />
            </>
          );
        }}
      </Answered>
    </>
  );
}

function Above({ run }: { run: Run["run"] | undefined }) {
  const href = useHref();
  const environmentOf = useEnvironmentQuery();
  return (
    <>
      <a href={href("/runs")}>Runs</a>
      {run && (
        <>
          {" / "}
          <a href={href(jobPath(run.name), environmentOf(run.environment))}>{run.name}</a>
        </>
      )}
    </>
  );
}

const whyNoRetry = ({ trigger }: Run["run"]): string =>
  trigger.kind === "backfill" ? "Its back-fill runs this partition again." : "Every step of this run succeeded.";

function Facts({ answer, onDone }: { answer: Run; onDone: () => void }) {
  const { run, can_cancel, can_retry } = answer;
  const { environments } = useSession();
  const href = useHref();
  const now = useNow(1000);
  const [isAsking, setAsking] = useState(false);
  const [isStopping, setStopping] = useState(false);
  const cancel = async (): Promise<void> => {
    await cancelRun(run.run_id);
    setStopping(true);
    onDone();
  };
  const retry = async (): Promise<void> => go(href(runPath(await retryRun(run.run_id))));
  const tags = Object.entries(run.tags);
  return (
    <div class="line">
      <Status status={run.status} />
      {run.status === "running" && isStopping && <span>It was asked to stop, and commits what it has.</span>}
      {environments.length > 1 && <span class="tag">{run.environment}</span>}
      <span>
        Started <Instant at={run.started_at} />
      </span>
      <span>{formatDuration(secondsBetween(run.started_at, run.ended_at ?? now))}</span>
      {run.rows && (
        <span>
          {counted(run.rows.loaded, "row")} loaded
          {run.rows.rejected > 0 && (
            <>
              , <a href={href("/rejects", { search: run.run_id })}>{formatCount(run.rows.rejected)} rejected</a>
            </>
          )}
        </span>
      )}
      <span>by {run.trigger.text}</span>
      {tags.map(([key, value]) => (
        <span class="tag" key={key}>
          {key}={value}
        </span>
      ))}
      <span class="actions">
        {run.status === "running" ? (
          <Action
            text="Cancel"
            kind="danger"
            needs="run"
            off={can_cancel ? undefined : "The process of this run is on another machine, or is gone."}
            act={() => setAsking(true)}
          />
        ) : (
          <Action text="Retry" needs="run" off={can_retry ? undefined : whyNoRetry(run)} act={retry} />
        )}
      </span>
      {isAsking && (
        <Confirm title="Cancel this run?" yes="Cancel the run" onYes={cancel} onClose={() => setAsking(false)}>
          <p>It stops as Ctrl-C stops it: what was committed stays, the bookmark is kept, and the next run goes on from there.</p>
        </Confirm>
      )}
    </div>
  );
}

function Asked({ answer }: { answer: Run }) {
  const asked = Object.entries(answer.request);
  return (
    <details>
      <summary>What was asked</summary>
      <dl class="facts">
        {asked.map(([name, value]) => (
          <div key={name}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>
              <code>{Array.isArray(value) ? value.join(" ") : typeof value === "object" ? JSON.stringify(value) : String(value)}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

type Notice = Run["notices"][number];

function Notices({ answer: { notices } }: { answer: Run }) {
  if (notices.length === 0) return null;
  const columns = [
    { heading: "Told", cell: (notice: Notice) => notice.channel },
    { heading: "Of", cell: (notice: Notice) => notice.event.replaceAll("_", " ") },
    { heading: "Outcome", cell: (notice: Notice) => <Status status={notice.outcome} /> },
    { heading: "Why", cell: (notice: Notice) => notice.reason ?? "" },
  ];
  return (
    <>
      <h2>Notices</h2>
      <Table isText name="Notices" columns={columns} rows={notices} keyOf={({ channel, event }) => `${channel} ${event}`} />
    </>
  );
}
