/** Runs, the newest first, with filters that are part of the address, so that a link shows the same runs. */
import type { RunSummary, Runs } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { changeQuery, useHref, usePlace } from "../location.ts";
import { Answered, Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { RunTable } from "../parts/run-table.tsx";
import { statusWord } from "../parts/status.tsx";
import { useEnvironment, useSession } from "../session.ts";
import { useAnswer } from "../use-answer.ts";

const statuses: readonly RunSummary["status"][] = ["running", "done", "warning", "failed", "stopped", "timed_out", "crashed"];
const triggers = ["command", "retry", "schedule", "sensor", "backfill"];
const filters = ["job", "status", "trigger", "tag"] as const;

export function RunsView() {
  const { query } = usePlace();
  const environment = useEnvironment();
  const href = useHref();
  const chosen = Object.fromEntries(filters.map((name) => [name, query.get(name)]));
  const before = query.get("before");
  const path = withQuery("/api/runs", { ...chosen, environment, before, limit: 50 });
  // Older pages do not change.
  const asked = useAnswer<Runs>(path, before === null ? 2000 : undefined);
  return (
    <>
      <Heading title="Runs" />
      <Filters />
      <Answered asked={asked}>
        {({ runs, older }) => (
          <>
            {runs.length === 0 ? (
              <Empty>
                <p>{filters.some((name) => chosen[name]) || before ? "No run matches these filters." : "Nothing has run here yet."}</p>
              </Empty>
            ) : (
              <RunTable name="Runs" runs={runs} />
            )}
            <nav class="pages" aria-label="Pages of runs">
              {before !== null && <a href={href("/runs", chosen)}>The newest runs</a>}
              {older !== null && <a href={href("/runs", { ...chosen, before: older })}>Older runs</a>}
            </nav>
          </>
        )}
      </Answered>
    </>
  );
}

function Filters() {
  const { jobs } = useSession();
  const { query } = usePlace();
  const change = (name: string) => (event: Event) =>
    changeQuery({ [name]: (event.currentTarget as HTMLInputElement).value, before: null }, true);
  const choice = (name: string, label: string, values: readonly string[], word: (value: string) => string = (value) => value) => (
    <label class="field">
      {label}
      <select value={query.get(name) ?? ""} onChange={change(name)}>
        <option value="">any</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {word(value)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      {choice("job", "Job", jobs)}
      {choice("status", "Status", statuses, statusWord)}
      {choice("trigger", "Started by", triggers)}
      <label class="field">
        Tag
        <input type="search" placeholder="key=value" value={query.get("tag") ?? ""} onChange={change("tag")} />
      </label>
    </form>
  );
}
