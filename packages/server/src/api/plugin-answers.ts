/**
 * What must be asked of plugins: that takes longer than a page may. The last answer is given at once, and when it is older than a few
 * seconds, the plugins are asked again beside it.
 */
import type { Clock } from "../clock.ts";

export interface PluginAnswer<T> {
  /** null: the first answer is not there yet. */
  value: T | null;
  askedAt: string | null;
}

export interface PluginAnswers {
  /** @param ask never rejects because of a plugin: the value says what went wrong */
  latest<T>(key: string, ask: () => Promise<T>): PluginAnswer<T>;
  /** What was asked counts as old: something changed. */
  forget(): void;
}

const freshMs = 10_000;

interface Known {
  value: unknown;
  at: Date | null;
  isAsking: boolean;
}

export function pluginAnswers(clock: Clock, onProblem: (error: unknown) => void): PluginAnswers {
  const known = new Map<string, Known>();
  return {
    latest<T>(key: string, ask: () => Promise<T>): PluginAnswer<T> {
      const entry = known.get(key) ?? { value: null, at: null, isAsking: false };
      known.set(key, entry);
      const isOld = entry.at === null || clock.now().getTime() - entry.at.getTime() > freshMs;
      if (isOld && !entry.isAsking) {
        entry.isAsking = true;
        ask()
          .then(
            (value) => {
              entry.value = value;
              entry.at = clock.now();
            },
            (error: unknown) => onProblem(error),
          )
          .finally(() => {
            entry.isAsking = false;
          });
      }
      return { value: entry.value as T | null, askedAt: entry.at?.toISOString() ?? null };
    },
    forget: () => known.clear(),
  };
}
