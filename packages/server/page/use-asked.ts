/** For answers that the server has to ask plugins for, which takes longer than an answer may: it is asked again until they are there. */
import { useState } from "preact/hooks";
import { type Asked, useAnswer } from "./use-answer.ts";

export interface OfPlugins {
  /** null: the plugins have not answered yet. */
  asked_at: string | null;
  /** Plugins that could not be asked, and why. */
  problems: string[];
}

export function useAsked<T extends OfPlugins>(path: string): Asked<T> {
  const [isThere, setThere] = useState(false);
  const asked = useAnswer<T>(path, isThere ? 15_000 : 1000);
  const now = asked.answer !== undefined && asked.answer.asked_at !== null;
  if (now !== isThere) setThere(now);
  return now ? asked : { ...asked, answer: undefined };
}
