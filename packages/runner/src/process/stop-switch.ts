/** A stop source that is switched by hand: by the command line's signal handlers, by a timeout, by a test. */

import type { StopSource } from "../model/stop.ts";
export interface StopSwitch extends StopSource {
  /** `by` is what people read as the cause. Default: the signal. */
  stop(signal: NodeJS.Signals, by?: string): void;
}

/**
 * A second signal within this time is the same request: a terminal sends Ctrl-C to every process in the foreground, and a wrapper
 * such as npx forwards its own.
 */
const sameRequestMs = 1000;

export function createStopSwitch(): StopSwitch {
  const first = Promise.withResolvers<NodeJS.Signals>();
  const second = Promise.withResolvers<void>();
  let asked: { signal: NodeJS.Signals; by: string; at: number } | undefined;
  return {
    get signal() {
      return asked?.signal;
    },
    get by() {
      return asked?.by ?? "";
    },
    asked: first.promise,
    askedAgain: second.promise,
    stop(signal, by = signal) {
      if (asked === undefined) {
        asked = { signal, by, at: Date.now() };
        first.resolve(signal);
      } else if (Date.now() - asked.at > sameRequestMs) second.resolve();
    },
  };
}

/** Asks, and asks again, as soon as one of the two does. */
export function joinStops(outer: StopSource, inner: StopSource): StopSource {
  return {
    get signal() {
      return outer.signal ?? inner.signal;
    },
    get by() {
      return outer.by || inner.by;
    },
    asked: Promise.race([outer.asked, inner.asked]),
    askedAgain: Promise.race([outer.askedAgain, inner.askedAgain]),
  };
}
