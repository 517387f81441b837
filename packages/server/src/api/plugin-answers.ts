/**
 * What must be asked of plugins: that takes longer than a page may. The last answer is given at once, and when it is older than a few
 * seconds, the plugins are asked again beside it.
 */
import type { Clock } from "../clock.ts";

/** What plugins told, and a sentence for each that could not be asked. */
export interface Told<T> {
  found: T[];
  problems: string[];
}

export interface PluginAnswer<T> extends Told<T> {
  /** null: the first answer is not there yet. */
  askedAt: string | null;
}

export interface PluginAnswers {
  /** @param ask never rejects because of a plugin: `problems` says what went wrong */
  latest<T>(key: string, ask: () => Promise<Told<T>>): PluginAnswer<T>;
  /** What was asked counts as old: something changed. */
  forget(): void;
}

const freshMs = 10_000;

interface Known {
  told: Told<unknown>;
  at: Date | null;
  isAsking: boolean;
}

export function pluginAnswers(clock: Clock, onProblem: (error: unknown) => void): PluginAnswers {
  const known = new Map<string, Known>();
  return {
    latest<T>(key: string, ask: () => Promise<Told<T>>): PluginAnswer<T> {
      const entry = known.get(key) ?? { told: { found: [], problems: [] }, at: null, isAsking: false };
      known.set(key, entry);
      const isOld = entry.at === null || clock.now().getTime() - entry.at.getTime() > freshMs;
      if (isOld && !entry.isAsking) {
        entry.isAsking = true;
        ask()
          .then(
            (told) => {
              entry.told = told;
              entry.at = clock.now();
            },
            (error: unknown) => onProblem(error),
          )
          .finally(() => {
            entry.isAsking = false;
          });
      }
      return { ...(entry.told as Told<T>), askedAt: entry.at?.toISOString() ?? null };
    },
    forget: () => known.clear(),
  };
}
