/** The time, and waiting: an argument everywhere, so that a test can pass months in a second. */

export interface Clock {
  now(): Date;
  /** Resolves after `ms`, or as soon as the signal aborts. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done);
    }),
};

/** Returns a function that is true at most once in `ms`: at its first call, or from `ms` after now on. A clock that is set back makes it true. */
export function every(clock: Clock, ms: number, first: "at once" | "later"): () => boolean {
  let last = first === "later" ? clock.now().getTime() : Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.now().getTime();
    if (now >= last && now - last < ms) return false;
    last = now;
    return true;
  };
}
