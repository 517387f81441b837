/** The log of a run as plain text that can be selected: filter by level, search with marks, the first error, and follow while it runs. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Run } from "../../src/api/answers.ts";
import { download } from "../api.ts";
import { changeQuery, useHref, usePlace } from "../location.ts";
import { ErrorBox } from "../parts/error-box.tsx";
import { Heading } from "../parts/heading.tsx";
import { goToLine, LogText } from "../parts/log-text.tsx";
import { tellProblem } from "../parts/messages.tsx";
import { Status } from "../parts/status.tsx";
import { runPath } from "../router.ts";
import { counted, formatCount } from "../text/format.ts";
import { findLines } from "../text/log-lines.ts";
import { useAnswer } from "../use-answer.ts";
import { useLog } from "../use-log.ts";

const levels = ["debug", "info", "warning", "error"];

export function LogView({ runId }: { runId: string }) {
  const { query } = usePlace();
  const href = useHref();
  const [level, search] = [query.get("level") ?? "", query.get("search") ?? ""];
  const run = useAnswer<Run>(`/api/runs/${encodeURIComponent(runId)}`, 2000).answer?.run;
  const isRunning = run?.status === "running";
  const { lines, total, firstError, error } = useLog(runId, level, isRunning);
  const [isFollowing, setFollowing] = useState(true);
  const found = findLines(lines, search);
  const [chosen, setChosen] = useState(0);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isRunning && isFollowing) end.current?.scrollIntoView({ block: "end" });
  }, [lines.length, isRunning, isFollowing]);
  const jump = (index: number): void => {
    if (found.length === 0) return;
    const next = (index + found.length) % found.length;
    setChosen(next);
    setFollowing(false);
    goToLine(found[next] as number);
  };
  const save = (): void => void download(`/api/runs/${encodeURIComponent(runId)}/log.txt`, `${runId}.log`).catch(tellProblem);
  return (
    <>
      <Heading title={`Log of run ${runId}`} above={<a href={href(runPath(runId))}>Run {runId}</a>} />
      <div class="filters log-bar">
        {run && <Status status={run.status} />}
        <label class="field">
          Level
          <select value={level} onChange={(event) => changeQuery({ level: event.currentTarget.value }, true)}>
            <option value="">all</option>
            {levels.map((each) => (
              <option key={each} value={each}>
                {each === "error" ? each : `${each} and worse`}
              </option>
            ))}
          </select>
        </label>
        <SearchField search={search} onNext={(step) => jump(chosen + step)} />
        {search !== "" && (
          <span role="status">
            {found.length === 0
              ? "not found"
              : `${formatCount(Math.min(chosen, found.length - 1) + 1)} of ${counted(found.length, "line")}`}
          </span>
        )}
        <button type="button" aria-disabled={firstError === null} onClick={() => firstError !== null && goToLine(firstError)}>
          First error
        </button>
        {isRunning && (
          <label class="check">
            <input type="checkbox" checked={isFollowing} onChange={(event) => setFollowing(event.currentTarget.checked)} /> Follow
          </label>
        )}
        <button type="button" onClick={save}>
          Download
        </button>
      </div>
      {error && <ErrorBox error={error} />}
      {total > lines.length && (
        <p class="quiet">
          These are the last {formatCount(lines.length)} of {formatCount(total)} lines. The download has all.
        </p>
      )}
      <LogText lines={lines} search={search} current={found[chosen]} />
      {lines.length === 0 && !error && <p class="quiet">{isRunning ? "No line yet." : "No line."}</p>}
      <div ref={end} />
    </>
  );
}

/** Enter goes to the next line that is found, Shift+Enter to the one before. */
function SearchField({ search, onNext }: { search: string; onNext: (step: number) => void }) {
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    onNext(event.shiftKey ? -1 : 1);
  };
  return (
    <>
      <label class="field">
        Search
        <input
          type="search"
          value={search}
          onInput={(event) => changeQuery({ search: event.currentTarget.value }, true)}
          onKeyDown={press}
        />
      </label>
      {search !== "" && (
        <>
          <button type="button" class="icon" aria-label="The line found before" onClick={() => onNext(-1)}>
            ↑
          </button>
          <button type="button" class="icon" aria-label="The next line found" onClick={() => onNext(1)}>
            ↓
          </button>
        </>
      )}
    </>
  );
}
