/** Makes a stop source from whatever asks: the command line's signal handlers, or a test. */

import type { StopSource } from "../model/stop.ts";
export interface StopSwitch extends StopSource {
  /** `by` default: the signal. */
  stop(signal: NodeJS.Signals, by?: string): void;
}

/**
 * A second signal within this time is the same wish: a terminal sends Ctrl-C to every process of the foreground, and a
 * wrapper such as npx passes its own on.
 */
const sameWishMs = 1000;

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
      } else if (Date.now() - asked.at > sameWishMs) second.resolve();
    },
  };
}

/** Asked as soon as either is; only the outer one can ask again. */
export function joinStops(outer: StopSource, inner: StopSource): StopSource {
  return {
    get signal() {
      return outer.signal ?? inner.signal;
    },
    get by() {
      return outer.by || inner.by;
    },
    asked: Promise.race([outer.asked, inner.asked]),
    askedAgain: outer.askedAgain,
  };
}
