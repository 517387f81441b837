/** What the checks of all jobs found last, with how they went before; those that failed come first. */
import type { Checks } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { Answered, Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { lookOf, Status } from "../parts/status.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Ago } from "../parts/time.tsx";
import { jobPath, runPath } from "../router.ts";
import { useEnvironment, useEnvironmentQuery } from "../session.ts";
import { counted } from "../text/format.ts";
import { useAnswer } from "../use-answer.ts";

type Check = Checks["checks"][number];

const order = ["failed", "not_run", "passed"];

export function ChecksView() {
  const href = useHref();
  const environmentOf = useEnvironmentQuery();
  const environment = useEnvironment();
  const asked = useAnswer<Checks>(withQuery("/api/checks", { environment }), 5000);
  const columns: Column<Check>[] = [
    { heading: "Status", cell: ({ check }) => <Status status={check.status} /> },
    { heading: "Job", cell: (each) => <a href={href(jobPath(each.job), environmentOf(each.environment))}>{each.job}</a> },
    { heading: "Stream", cell: ({ check }) => check.stream },
    { heading: "Rule", isLong: true, cell: ({ check }) => check.expected },
    { heading: "Found", isLong: true, cell: ({ check }) => check.text },
    { heading: "When it fails", isWide: true, cell: ({ check }) => (check.on_fail === "stop" ? "the run stops" : "a warning") },
    {
      heading: "Run",
      isWide: true,
      cell: ({ run_id, ended_at }) => <a href={href(runPath(run_id))}>{ended_at ? <Ago at={ended_at} /> : "now"}</a>,
    },
    { heading: "Before", isWide: true, cell: ({ past }) => <Past past={past} /> },
  ];
  return (
    <>
      <Heading title="Checks" />
      <Answered asked={asked}>
        {({ checks }) => {
          if (checks.length === 0)
            return (
              <Empty>
                <p>
                  No run has had checks. Write the rules for rows under <code>checks</code> of a job in <code>tapline.yml</code>.
                </p>
              </Empty>
            );
          const sorted = [...checks].sort((a, b) => order.indexOf(a.check.status) - order.indexOf(b.check.status));
          const failed = checks.filter(({ check }) => check.status === "failed").length;
          return (
            <>
              <p class={`headline ${failed === 0 ? "good" : "bad"}`}>
                {failed === 0
                  ? `${counted(checks.length, "check")}: none failed.`
                  : `${failed} of ${counted(checks.length, "check")} failed.`}
              </p>
              <Table
                isText
                name="Checks"
                columns={columns}
                rows={sorted}
                keyOf={({ environment: where, job, check }) => `${where} ${job} ${check.stream} ${check.id}`}
                isBad={({ check }) => check.status === "failed"}
              />
            </>
          );
        }}
      </Answered>
    </>
  );
}

/** The newest at the right, as in strips of runs. */
function Past({ past }: { past: Check["past"] }) {
  const words = past.map(({ status }) => lookOf(status));
  return (
    <span class="past" role="img" aria-label={`The newest first: ${words.map(({ word }) => word).join(", ")}`}>
      {words.reverse().map(({ letter, tone }, index) => (
        <span key={index} class={tone}>
          {letter}
        </span>
      ))}
    </span>
  );
}
