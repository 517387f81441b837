/** Who was told what: each notice, with how it went. */
import type { Notices } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { Answered, Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { Status } from "../parts/status.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Ago } from "../parts/time.tsx";
import { jobPath, runPath } from "../router.ts";
import { useEnvironment } from "../session.ts";
import { useAnswer } from "../use-answer.ts";

type Notice = Notices["notices"][number];

export function NoticesView() {
  const href = useHref();
  const environment = useEnvironment();
  const asked = useAnswer<Notices>(withQuery("/api/notices", { environment }), 5000);
  const columns: Column<Notice>[] = [
    { heading: "When", cell: ({ at }) => <Ago at={at} /> },
    { heading: "Told", cell: ({ channel }) => channel },
    { heading: "What", isLong: true, cell: ({ title }) => title },
    { heading: "Outcome", cell: ({ status }) => <Status status={status} /> },
    { heading: "Why", cell: ({ reason }) => reason ?? "" },
    { heading: "Job", isShort: true, isWide: true, cell: ({ job }) => <a href={href(jobPath(job))}>{job}</a> },
    { heading: "Run", isShort: true, isWide: true, cell: ({ run_id }) => (run_id ? <a href={href(runPath(run_id))}>{run_id}</a> : "–") },
  ];
  return (
    <>
      <Heading title="Notices" />
      <Answered asked={asked}>
        {({ notices }) =>
          notices.length === 0 ? (
            <Empty>
              <p>
                Nobody was told anything yet. Who is told of what, and in which environments, is under <code>notify</code> in{" "}
                <code>tapline.yml</code>.
              </p>
            </Empty>
          ) : (
            <Table
              isText
              name="Notices"
              columns={columns}
              rows={notices}
              keyOf={({ channel, event, job, run_id, at }) => `${channel} ${event} ${job} ${run_id} ${at}`}
            />
          )
        }
      </Answered>
    </>
  );
}
