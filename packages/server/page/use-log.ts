/** The lines of a run's log: all at first, then only the new ones, each second while it runs. */
import { useEffect, useState } from "preact/hooks";
import type { Log } from "../src/api/answers.ts";
import { ask, Refused, withQuery } from "./api.ts";
import type { LogLine } from "./text/log-lines.ts";

interface LogSoFar {
  lines: readonly LogLine[];
  /** How many lines match, shown or not. */
  total: number;
  firstError: number | null;
  error: Refused | undefined;
}

/** The server gives so many at most. */
const mostLines = 10_000;
const nothing: LogSoFar = { lines: [], total: 0, firstError: null, error: undefined };

export function useLog(runId: string, level: string, isRunning: boolean): LogSoFar {
  const [log, setLog] = useState(nothing);
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    let so: LogSoFar = nothing;
    const more = async (): Promise<void> => {
      try {
        const after = so.lines.at(-1)?.number;
        const path = withQuery(`/api/runs/${encodeURIComponent(runId)}/log`, { level, after, limit: mostLines });
        so = joined(so, await ask<Log>(path, stop.signal));
      } catch (problem) {
        if (stop.signal.aborted) return;
        so = { ...so, error: problem instanceof Refused ? problem : new Refused(0, { code: "bug", message: String(problem), hint: null }) };
      }
      setLog(so);
      if (isRunning) timer = window.setTimeout(more, 1000);
    };
    void more();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [runId, level, isRunning]);
  return log;
}

function joined(so: LogSoFar, { lines, total, first_error }: Log): LogSoFar {
  const kept = lines.length === 0 ? so.lines : [...so.lines, ...lines].slice(-2 * mostLines);
  return { lines: kept, total: so.total + total, firstError: first_error, error: undefined };
}
