/** Back-fills as grids: a cell for each day or month, with how it stands, and its run behind it. */
import type { Backfills } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { Answered, Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { lookOf, Status } from "../parts/status.tsx";
import { Ago } from "../parts/time.tsx";
import { jobPath, runPath } from "../router.ts";
import { useEnvironment, useEnvironmentQuery, useSession } from "../session.ts";
import { type Backfill, type BackfillPart, commandOf, gridRows, progressOf } from "../text/backfill-grid.ts";
import { counted } from "../text/format.ts";
import { useAnswer } from "../use-answer.ts";

export function BackfillsView() {
  const environment = useEnvironment();
  const asked = useAnswer<Backfills>(withQuery("/api/backfills", { environment }), 2000);
  return (
    <>
      <Heading title="Back-fills" />
      <Answered asked={asked}>
        {({ backfills }) => {
          if (backfills.length === 0) return <NoBackfill />;
          return backfills.map((backfill) => <OneBackfill key={backfill.id} backfill={backfill} />);
        }}
      </Answered>
    </>
  );
}

function OneBackfill({ backfill }: { backfill: Backfill }) {
  const href = useHref();
  const environmentOf = useEnvironmentQuery();
  const { environments } = useSession();
  const { name, environment, status, from, to, by, started_at } = backfill;
  return (
    <section class="box" data-row aria-label={`${name}, ${from} to ${to}`}>
      <div class="line">
        <h2>
          <a href={href(jobPath(name), environmentOf(environment))}>{name}</a>
        </h2>
        <Status status={status} />
        {environments.length > 1 && <span class="tag">{environment}</span>}
        <span>
          {from} up to {to}, by {by}
        </span>
        <span class="quiet">
          begun <Ago at={started_at} />
        </span>
      </div>
      <p>{progressOf(backfill)}</p>
      <dl class="grid">
        {gridRows(backfill).map((row) => (
          <div key={row.name} class="contents">
            <dt>{row.name}</dt>
            <dd>
              <ul class="cells">
                {row.parts.map((part) => (
                  <li key={part.name}>
                    <Cell part={part} />
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        ))}
      </dl>
      {status === "open" && (
        <p>
          To go on: <code>{commandOf(backfill, environments.length === 1)}</code>
        </p>
      )}
    </section>
  );
}

function Cell({ part: { name, status, rows, run_id, error } }: { part: BackfillPart }) {
  const href = useHref();
  const look = lookOf(status);
  const title = [`${name}: ${look.word}`, ...(rows === null ? [] : [counted(rows, "row")]), ...(error === null ? [] : [error])].join(", ");
  const kind = `cell ${status === "waiting" ? "off" : look.tone}`;
  const letter = status === "waiting" ? "" : look.letter;
  if (run_id === null)
    return (
      <span class={kind} title={title}>
        {letter}
        <span class="hidden">{title}</span>
      </span>
    );
  return (
    <a class={kind} href={href(runPath(run_id))} title={title} aria-label={title}>
      {letter}
    </a>
  );
}

function NoBackfill() {
  return (
    <Empty>
      <p>Nothing of the past was loaded again yet. This loads a month, each day as a run of its own, while the job goes on:</p>
      <pre>tapline backfill JOB --from 2026-01-01 --to 2026-02-01 --by day</pre>
    </Empty>
  );
}
