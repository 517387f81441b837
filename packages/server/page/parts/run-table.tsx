/** Runs as a table: each with its status, what started it, how long it took and its rows. */
import type { RunSummary } from "../../src/api/answers.ts";
import { useHref } from "../location.ts";
import { jobPath, runPath } from "../router.ts";
import { useEnvironmentQuery, useSession } from "../session.ts";
import { formatCount, formatDuration, secondsBetween } from "../text/format.ts";
import { Status } from "./status.tsx";
import { type Column, Table } from "./table.tsx";
import { Ago, useNow } from "./time.tsx";

export function RunTable({ name, runs, isOfOneJob = false }: { name: string; runs: readonly RunSummary[]; isOfOneJob?: boolean }) {
  const href = useHref();
  const { environments } = useSession();
  const environmentOf = useEnvironmentQuery();
  const now = useNow(1000);
  const columns: Column<RunSummary>[] = [
    {
      heading: "Run",
      cell: (run) => (
        <a href={href(runPath(run.run_id))}>
          <Status status={run.status} />
          <span class="hidden"> {run.run_id}</span>
        </a>
      ),
    },
    ...(isOfOneJob
      ? []
      : [{ heading: "Job", cell: (run: RunSummary) => <a href={href(jobPath(run.name), environmentOf(run.environment))}>{run.name}</a> }]),
    ...(environments.length > 1 && !isOfOneJob
      ? [{ heading: "Environment", isWide: true, cell: (run: RunSummary) => run.environment }]
      : []),
    { heading: "Started", cell: (run) => <Ago at={run.started_at} /> },
    { heading: "Took", isNumber: true, cell: (run) => formatDuration(secondsBetween(run.started_at, run.ended_at ?? now)) },
    { heading: "Rows", isNumber: true, cell: (run) => formatCount(run.rows?.loaded) },
    { heading: "Rejected", isNumber: true, isWide: true, cell: (run) => <Rejected count={run.rows?.rejected} /> },
    { heading: "Started by", isWide: true, cell: (run) => run.trigger.text },
    { heading: "What happened", isWide: true, cell: (run) => <span class="cut">{run.error?.message ?? tagsOf(run)}</span> },
  ];
  return <Table name={name} columns={columns} rows={runs} keyOf={(run) => run.run_id} />;
}

export function Rejected({ count }: { count: number | null | undefined }) {
  return <span class={count ? "warn-text" : undefined}>{formatCount(count)}</span>;
}

const tagsOf = ({ tags }: RunSummary): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
