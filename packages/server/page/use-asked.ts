/**
 * For answers that the server has to ask plugins for, which takes longer than an answer may: it gives the last one, and asks plugins anew
 * when that is older than ten seconds. So an old answer is asked for again soon, and a new one is left alone for a while.
 */
import { useRef } from "preact/hooks";
import { type Asked, useAnswer } from "./use-answer.ts";

export interface OfPlugins {
  /** null: the plugins have not answered yet. */
  asked_at: string | null;
  /** Plugins that could not be asked, and why. */
  problems: string[];
}

const [soonMs, laterMs, freshMs] = [1000, 20_000, 10_000];

export function useAsked<T extends OfPlugins>(path: string): Asked<T> {
  // By the clock of this browser, which may not be that of the server.
  const seen = useRef({ path: "", askedAt: null as string | null, at: 0 });
  const isFresh = seen.current.path === path && Date.now() - seen.current.at < freshMs;
  const asked = useAnswer<T>(path, isFresh ? laterMs : soonMs);
  const askedAt = asked.answer?.asked_at ?? null;
  if (askedAt !== null && (seen.current.path !== path || askedAt !== seen.current.askedAt)) {
    // What was kept from an earlier look may be of any age.
    const isFirst = seen.current.path !== path;
    seen.current = { path, askedAt, at: isFirst ? 0 : Date.now() };
  }
  return askedAt === null ? { ...asked, answer: undefined } : asked;
}
