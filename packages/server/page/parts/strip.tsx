/** The last runs of a job as bars: height by duration, colour and letter by status, each a link to its run. Arrow keys go through them. */
import { useRef, useState } from "preact/hooks";
import type { RunSummary } from "../../src/api/answers.ts";
import { useHref } from "../location.ts";
import { runPath } from "../router.ts";
import { formatCount, formatDuration, formatInstant, secondsBetween } from "../text/format.ts";
import { lookOf } from "./status.tsx";

/** @param runs the newest first, as the server gives them; shown with the newest at the right. */
export function Strip({ job, runs }: { job: string; runs: readonly RunSummary[] }) {
  const href = useHref();
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState(0);
  const seconds = runs.map((run) => secondsBetween(run.started_at, run.ended_at ?? Date.now()));
  const longest = Math.max(...seconds, 0.1);
  const move = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowLeft" ? 1 : event.key === "ArrowRight" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = Math.min(runs.length - 1, Math.max(0, chosen + step));
    setChosen(next);
    const links = list.current?.querySelectorAll("a") ?? [];
    links[links.length - 1 - next]?.focus();
  };
  if (runs.length === 0) return <p class="quiet strip-empty">no run yet</p>;
  const bars = runs.map((run, index) => {
    const look = lookOf(run.status);
    const took = formatDuration(seconds[index]);
    const rows = run.rows === null ? "" : `, ${formatCount(run.rows.loaded)} rows`;
    const rejected = run.rows?.rejected ? `, ${formatCount(run.rows.rejected)} rejected` : "";
    const title = `${formatInstant(run.started_at)}: ${look.word} in ${took}${rows}${rejected}`;
    const height = 4 + Math.round(28 * Math.sqrt((seconds[index] ?? 0) / longest));
    return (
      <li key={run.run_id}>
        <a href={href(runPath(run.run_id))} class={look.tone} title={title} aria-label={title} tabIndex={index === chosen ? 0 : -1}>
          <span class="stick" style={{ height: `${height}px` }} />
          <span class="letter" aria-hidden="true">
            {look.letter}
          </span>
        </a>
      </li>
    );
  });
  return (
    <ul class="strip" ref={list} onKeyDown={move} aria-label={`The last ${runs.length} runs of ${job}, the newest last`}>
      {bars.reverse()}
    </ul>
  );
}
