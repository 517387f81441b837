/** One stream of a job over its last runs: what was sent, loaded, rejected and is in the table, its bookmark, and changes of its table. */
import type { Run, StreamHistory } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { Answered } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { Plot } from "../parts/plot.tsx";
import { Rejected } from "../parts/run-table.tsx";
import { Status } from "../parts/status.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Instant } from "../parts/time.tsx";
import { jobPath, runPath } from "../router.ts";
import { useEnvironment, useSession } from "../session.ts";
import { formatBytes, formatCount, formatDuration, secondsBetween } from "../text/format.ts";
import { reconcile } from "../text/reconcile.ts";
import { useAnswer } from "../use-answer.ts";

type StreamRun = StreamHistory["runs"][number];
type Result = Run["steps"][number]["streams"][number];

export function StreamView({ job, stream }: { job: string; stream: string }) {
  const session = useSession();
  const environment = useEnvironment() ?? session.default_environment;
  const href = useHref();
  const asked = useAnswer<StreamHistory>(withQuery("/api/stream", { job, environment, stream }), 5000);
  return (
    <>
      <Heading
        title={stream}
        above={
          <>
            <a href={href("/streams")}>Streams</a> / <a href={href(jobPath(job))}>{job}</a>
          </>
        }
      />
      <Answered asked={asked}>
        {({ runs }) => {
          const [last] = runs;
          return (
            <>
              {last && <LastRun run={last} />}
              <RowsPlot stream={stream} runs={runs} />
              <h2>Runs</h2>
              <RunsOfStream runs={runs} />
            </>
          );
        }}
      </Answered>
    </>
  );
}

function LastRun({ run: { result } }: { run: StreamRun }) {
  const problem = reconcile(result);
  const figures: readonly (readonly [string, string])[] = [
    ["Read", formatCount(result.read)],
    ["Loaded", formatCount(result.loaded)],
    ["Rejected", formatCount(rejectedOf(result))],
    ["In table", formatCount(result.in_table)],
  ];
  return (
    <>
      <dl class="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="number">{value}</dd>
          </div>
        ))}
      </dl>
      {problem ? <p class="box bad">{problem}</p> : result.adds_up && <p class="good-text">The rows of the last run add up.</p>}
      <p>
        {result.table === null ? (
          "The target did not name a table."
        ) : (
          <>
            Table <code>{result.database ? `${result.database}.${result.table}` : result.table}</code>.
          </>
        )}
      </p>
      <dl class="facts">
        <div>
          <dt>Bookmark before</dt>
          <dd>{result.bookmark_before ?? "none"}</dd>
        </div>
        <div>
          <dt>Bookmark after</dt>
          <dd>{result.bookmark_after ?? "none"}</dd>
        </div>
      </dl>
    </>
  );
}

const rejectedOf = ({ rejected, rejected_by_tap }: Result): number | null =>
  rejected === null && rejected_by_tap === null ? null : (rejected ?? 0) + (rejected_by_tap ?? 0);

/** Of the whole run. */
const secondsOf = ({ started_at, ended_at }: StreamRun): number => secondsBetween(started_at, ended_at ?? Date.now());

function RowsPlot({ stream, runs }: { stream: string; runs: readonly StreamRun[] }) {
  if (runs.length < 2) return null;
  const inOrder = [...runs].reverse();
  return (
    <Plot
      name={`Rows of ${stream}, and how long the run took`}
      times={inOrder.map(({ started_at }) => Date.parse(started_at) / 1000)}
      lines={[
        { name: "Rows loaded", values: inOrder.map(({ result }) => result.loaded), format: formatCount },
        { name: "Run took", values: inOrder.map(secondsOf), format: formatDuration },
      ]}
    />
  );
}

function RunsOfStream({ runs }: { runs: readonly StreamRun[] }) {
  const href = useHref();
  const columns: Column<StreamRun>[] = [
    {
      heading: "Run",
      cell: ({ run_id, status }) => (
        <a href={href(runPath(run_id))}>
          <Status status={status} />
          <span class="hidden"> {run_id}</span>
        </a>
      ),
    },
    { heading: "Started", cell: ({ started_at }) => <Instant at={started_at} /> },
    { heading: "Run took", isNumber: true, cell: (run) => formatDuration(secondsOf(run)) },
    { heading: "Read", isNumber: true, isWide: true, cell: ({ result }) => formatCount(result.read) },
    { heading: "Loaded", isNumber: true, cell: ({ result }) => formatCount(result.loaded) },
    { heading: "Rejected", isNumber: true, cell: ({ result }) => <Rejected count={rejectedOf(result)} /> },
    { heading: "In table", isNumber: true, isWide: true, cell: ({ result }) => formatCount(result.in_table) },
    { heading: "Bytes", isNumber: true, isWide: true, cell: ({ result }) => formatBytes(result.bytes) },
    { heading: "Bookmark after", isWide: true, cell: ({ result }) => <span class="cut">{result.bookmark_after ?? "–"}</span> },
    { heading: "Changes of the table", isWide: true, cell: ({ result }) => result.changes.join("; ") },
  ];
  return (
    <Table
      name="Runs of the stream"
      columns={columns}
      rows={runs}
      keyOf={({ run_id, step }) => `${run_id} ${step}`}
      isBad={({ result }) => result.adds_up === false}
    />
  );
}
