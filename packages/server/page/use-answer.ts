/** An answer of the server as part of a view: asked when the view appears, again when told to, and every few seconds where that is wanted. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask, Refused } from "./api.ts";

export interface Asked<T> {
  /** The last one of this path, also while it is asked again. */
  answer: T | undefined;
  /** Why the last question failed; gone with the next answer. */
  error: Refused | undefined;
  again: () => void;
}

/** The last answers by path: going back shows them at once, and they are asked anew. */
const kept = new Map<string, unknown>();
const mostKept = 30;

/** @param everyMs asks again after this time, while the page is visible. */
export function useAnswer<T>(path: string, everyMs?: number): Asked<T> {
  const [, draw] = useState(0);
  const [error, setError] = useState<Refused>();
  const [asked, setAsked] = useState(0);
  const shown = useRef<string>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const once = async (): Promise<void> => {
      const start = performance.now();
      try {
        keep(path, await ask<T>(path, stop.signal));
        setError(undefined);
        draw((count) => count + 1);
      } catch (problem) {
        if (stop.signal.aborted) return;
        setError(problem instanceof Refused ? problem : new Refused(0, { code: "bug", message: String(problem), hint: null }));
      }
      // A server that needs long for an answer is asked less often.
      const pause = Math.max(everyMs ?? 0, 20 * (performance.now() - start));
      if (everyMs !== undefined) timer = window.setTimeout(next, pause);
    };
    const next = (): void => {
      if (stop.signal.aborted) return;
      if (document.visibilityState === "visible") void once();
      else document.addEventListener("visibilitychange", next, { once: true });
    };
    if (shown.current !== path) setError(undefined);
    shown.current = path;
    void once();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [path, everyMs, asked]);
  return { answer: kept.get(path) as T | undefined, error, again: useCallback(() => setAsked((count) => count + 1), []) };
}

export const forgetAnswers = (): void => kept.clear();

function keep(path: string, answer: unknown): void {
  kept.delete(path);
  kept.set(path, answer);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value as string);
}
