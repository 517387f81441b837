/** The streams of one job, or of all: what the last run did with each. */
import type { Streams } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { runPath, streamPath } from "../router.ts";
import { useEnvironmentQuery } from "../session.ts";
import { formatCount } from "../text/format.ts";
import { useAnswer } from "../use-answer.ts";
import { Answered } from "./answered.tsx";
import { Rejected } from "./run-table.tsx";
import { Status } from "./status.tsx";
import { type Column, Table } from "./table.tsx";
import { Ago } from "./time.tsx";

type Stream = Streams["streams"][number];

interface Shown {
  job?: string;
  environment: string | undefined;
  /** A part of the name of a stream or table, in lower case. */
  search?: string;
}

export function StreamTable({ job, environment, search = "" }: Shown) {
  const href = useHref();
  const environmentOf = useEnvironmentQuery();
  const asked = useAnswer<Streams>(withQuery("/api/streams", { job, environment }), 5000);
  const columns: Column<Stream>[] = [
    {
      heading: "Stream",
      cell: (each) => <a href={href(streamPath(each.job, each.stream), environmentOf(each.environment))}>{each.stream}</a>,
    },
    ...(job === undefined ? [{ heading: "Job", isWide: true, cell: (each: Stream) => each.job }] : []),
    { heading: "Table", isWide: true, cell: (each) => each.table ?? "–" },
    { heading: "Loaded", isNumber: true, cell: (each) => formatCount(each.loaded) },
    { heading: "Rejected", isNumber: true, cell: (each) => <Rejected count={each.rejected} /> },
    { heading: "In table", isNumber: true, cell: (each) => formatCount(each.in_table) },
    {
      heading: "Adds up",
      isWide: true,
      cell: (each) => (each.adds_up === null ? "–" : each.adds_up ? "yes" : <strong class="bad-text">no</strong>),
    },
    {
      heading: "Last run",
      cell: (each) => (
        <>
          <a href={href(runPath(each.run_id))}>
            <Status status={each.status} />
          </a>{" "}
          <span class="wide">{each.ended_at && <Ago at={each.ended_at} />}</span>
        </>
      ),
    },
  ];
  return (
    <Answered asked={asked}>
      {({ streams }) => {
        const shown = streams.filter(({ stream, table }) => `${stream} ${table ?? ""}`.toLowerCase().includes(search));
        if (shown.length === 0)
          return <p class="quiet">{search === "" ? "No run has had streams yet." : `No stream has “${search}” in its name.`}</p>;
        const keyOf = (each: Stream): string => `${each.environment}/${each.job}/${each.step}/${each.stream}`;
        return <Table name="Streams" columns={columns} rows={shown} keyOf={keyOf} isBad={({ adds_up }) => adds_up === false} />;
      }}
    </Answered>
  );
}
