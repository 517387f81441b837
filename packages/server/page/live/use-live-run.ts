/** Follows a run at work: reads its events as they come, and says when it ended. */
import { useEffect, useState } from "preact/hooks";
import { openEvents } from "../api.ts";
import { createEventReader } from "./event-stream.ts";
import { addEvent, type LiveRun, newLiveRun, type RunEventLine } from "./live-run.ts";

/** undefined: nothing is followed. The page draws ten times a second at most, however many events come. */
export function useLiveRun(runId: string | undefined, onEnd: () => void): LiveRun | undefined {
  const [run, setRun] = useState<LiveRun>();
  useEffect(() => {
    setRun(undefined);
    if (runId === undefined) return;
    const stop = new AbortController();
    const follow = async (): Promise<void> => {
      let live = newLiveRun;
      let drawn = 0;
      const isWhole = await readEvents(runId, stop.signal, (event) => {
        live = addEvent(live, event);
        if (drawn !== 0) return;
        drawn = window.setTimeout(() => {
          drawn = 0;
          if (!stop.signal.aborted) setRun(live);
        }, 100);
      });
      if (stop.signal.aborted) return;
      if (isWhole) onEnd();
      else window.setTimeout(() => void (stop.signal.aborted || follow()), 1000);
    };
    void follow();
    return () => stop.abort();
  }, [runId]);
  return run;
}

/** true: the run ended; false: the connection did. */
async function readEvents(runId: string, signal: AbortSignal, take: (event: RunEventLine) => void): Promise<boolean> {
  try {
    const body = await openEvents(`/api/runs/${encodeURIComponent(runId)}/events`, signal);
    const read = createEventReader();
    const decoder = new TextDecoder();
    for (const reader = body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return false;
      for (const { name, data } of read(decoder.decode(value, { stream: true }))) {
        if (name === "close") return true;
        take(JSON.parse(data) as RunEventLine);
      }
    }
  } catch {
    return false;
  }
}
