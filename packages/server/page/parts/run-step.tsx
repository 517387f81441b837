/** A step of a run: plugins with versions, attempts, exit code, error, warnings, streams, checks, and what dbt built. */
import type { ComponentChildren } from "preact";
import type { NodeOfRun, RunSummary, StepOfRun, StreamOfRun } from "../../src/api/answers.ts";
import { useHref } from "../location.ts";
import { statePath, streamPath } from "../router.ts";
import { useEnvironmentQuery } from "../session.ts";
import { formatBytes, formatCount, formatDuration, secondsBetween } from "../text/format.ts";
import { CheckTable } from "./check-table.tsx";
import { FailureBox } from "./error-box.tsx";
import { Rejected } from "./run-table.tsx";
import { Status } from "./status.tsx";
import { type Column, Table } from "./table.tsx";

interface Shown {
  step: StepOfRun;
  run: RunSummary;
  /** Its streams are shown as they grow, elsewhere. */
  isShownLive: boolean;
}

export function RunStep({ step, run, isShownLive }: Shown) {
  const { name, status, attempts, error, warnings, checks, nodes } = step;
  return (
    <section class="step" aria-label={`Step ${step.index + 1}: ${name}`}>
      <h2>
        <span class="quiet">{step.index + 1}.</span> {name} <Status status={status} />
      </h2>
      <StepFacts step={step} />
      {error && error.message !== run.error?.message && <FailureBox failure={error} isBad={status !== "stopped"} />}
      <List title={attempts.length > 1 ? "Attempts" : undefined} texts={attempts.length > 1 ? attempts : []} />
      <List title="Warnings" texts={warnings} kind="warn" />
      {!isShownLive && step.streams.length > 0 && <StreamsOfStep step={step} run={run} />}
      <List title="Changes of tables" texts={step.streams.flatMap(({ changes }) => changes)} />
      {checks.length > 0 && (
        <Part title="Checks">
          <CheckTable checks={checks} />
        </Part>
      )}
      {nodes.length > 0 && <Nodes nodes={nodes} />}
    </section>
  );
}

function StepFacts({ step }: { step: StepOfRun }) {
  const href = useHref();
  const { plugins, started_at, ended_at, exit_code, state_id } = step;
  return (
    <p class="line quiet">
      {plugins.map(({ name, version }) => (
        <span key={name}>
          {name} {version ?? "(version unknown)"}
        </span>
      ))}
      {started_at && ended_at && <span>{formatDuration(secondsBetween(started_at, ended_at))}</span>}
      {exit_code !== null && <span>exit code {exit_code}</span>}
      {state_id && (
        <span>
          state <a href={href(statePath(state_id))}>{state_id}</a>
        </span>
      )}
    </p>
  );
}

function StreamsOfStep({ step, run }: { step: StepOfRun; run: RunSummary }) {
  const href = useHref();
  const environmentOf = useEnvironmentQuery();
  const rejected = (each: StreamOfRun): number | null =>
    each.rejected === null && each.rejected_by_tap === null ? null : (each.rejected ?? 0) + (each.rejected_by_tap ?? 0);
  const columns: Column<StreamOfRun>[] = [
    {
      heading: "Stream",
      cell: ({ stream }) => <a href={href(streamPath(run.name, stream), environmentOf(run.environment))}>{stream}</a>,
    },
    { heading: "Read", isNumber: true, cell: ({ read }) => formatCount(read) },
    { heading: "Loaded", isNumber: true, cell: ({ loaded }) => formatCount(loaded) },
    { heading: "Rejected", isNumber: true, cell: (each) => <Rejected count={rejected(each)} /> },
    { heading: "In table", isNumber: true, cell: ({ in_table }) => formatCount(in_table) },
    { heading: "New", isNumber: true, isWide: true, cell: ({ inserted }) => formatCount(inserted) },
    { heading: "Updated", isNumber: true, isWide: true, cell: ({ updated }) => formatCount(updated) },
    { heading: "Deleted", isNumber: true, isWide: true, cell: ({ deleted }) => formatCount(deleted) },
    { heading: "Bytes", isNumber: true, isWide: true, cell: ({ bytes }) => formatBytes(bytes) },
    {
      heading: "Rows a second",
      isNumber: true,
      isWide: true,
      cell: (each) => formatCount(each.rows_per_second === null ? null : Math.round(each.rows_per_second)),
    },
    { heading: "Bookmark after", isWide: true, cell: ({ bookmark_after }) => <span class="cut">{bookmark_after ?? "–"}</span> },
  ];
  return (
    <Table
      name={`Streams of ${step.name}`}
      columns={columns}
      rows={step.streams}
      keyOf={({ stream }) => stream}
      isBad={({ adds_up }) => adds_up === false}
    />
  );
}

function Nodes({ nodes }: { nodes: readonly NodeOfRun[] }) {
  const columns: Column<NodeOfRun>[] = [
    { heading: "Built", cell: ({ name }) => name },
    { heading: "Kind", isWide: true, cell: ({ kind }) => kind },
    { heading: "Status", cell: ({ status }) => <Status status={status} /> },
    { heading: "Took", isNumber: true, cell: ({ seconds }) => formatDuration(seconds) },
    { heading: "Rows", isNumber: true, cell: ({ rows }) => formatCount(rows) },
    { heading: "Message", isWide: true, cell: ({ message }) => message ?? "" },
  ];
  return (
    <Part title="Models and tests">
      <Table
        name="Models and tests"
        columns={columns}
        rows={nodes}
        keyOf={({ id }) => id}
        isBad={({ status }) => status === "fail" || status === "error"}
      />
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <>
      <h3>{title}</h3>
      {children}
    </>
  );
}

function List({ title, texts, kind }: { title: string | undefined; texts: readonly string[]; kind?: "warn" }) {
  if (texts.length === 0 || title === undefined) return null;
  return (
    <Part title={title}>
      <ul class={kind === "warn" ? "texts warn" : "texts"}>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Part>
  );
}
