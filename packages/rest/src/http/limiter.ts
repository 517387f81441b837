/** How fast requests may go, shared by all streams of a tap: a fixed rate, pauses that the server asks for, and how many at a time. */
import { setTimeout as sleep } from "node:timers/promises";

export interface RateOptions {
  /** So many requests … */
  readonly requests: number;
  /** … in so many seconds. Default: 1. */
  readonly perSeconds?: number;
  /**
   * How the server counts. even (default): requests are spread evenly after the first `burst`. moving: at most so many in any such time. fixed: at
   * most so many from each full minute, hour, … on.
   */
  readonly window?: "even" | "moving" | "fixed";
  /** Of "even": so many may go at once before they are spread. Default: 1. */
  readonly burst?: number;
}

/** One limit. Requests are counted in the order of their times, which may be in the future. */
export interface Pace {
  /** The first time from this one on at which a request may go. */
  next(time: number): number;
  take(time: number): void;
}

export function paceOf({ requests, perSeconds = 1, window = "even", burst = 1 }: RateOptions): Pace {
  const length = perSeconds * 1000;
  if (window === "even") return evenPace(length / requests, burst);
  return window === "moving" ? movingPace(length, requests) : fixedPace(length, requests);
}

/** A bucket that leaks one request each interval. */
function evenPace(interval: number, burst: number): Pace {
  let filledUntil = 0;
  return {
    next: (time) => Math.max(time, filledUntil),
    take(time) {
      filledUntil = Math.max(filledUntil, time - (burst - 1) * interval) + interval;
    },
  };
}

function movingPace(length: number, requests: number): Pace {
  const last: number[] = [];
  return {
    next: (time) => (last.length < requests ? time : Math.max(time, (last[0] as number) + length)),
    take(time) {
      if (last.length === requests) last.shift();
      last.push(time);
    },
  };
}

function fixedPace(length: number, requests: number): Pace {
  let [start, used] = [0, 0];
  return {
    next: (time) => (time >= start + length ? time : used < requests ? Math.max(time, start) : start + length),
    take(time) {
      const own = Math.floor(time / length) * length;
      [start, used] = own > start ? [own, 1] : [start, used + 1];
    },
  };
}

/** The first time that all limits allow. */
export function takeTurn(paces: readonly Pace[], now: number): number {
  let time = now;
  for (let before = -1; before !== time; ) {
    before = time;
    for (const pace of paces) time = pace.next(time);
  }
  for (const pace of paces) pace.take(time);
  return time;
}

/** A slot is given in the order it was asked for. */
export class Limiter {
  readonly #paces: readonly Pace[];
  readonly #concurrency: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #pausedUntil = 0;
  #waited = 0;

  constructor(rate: RateOptions | readonly RateOptions[] | undefined, concurrency: number) {
    const rates: readonly RateOptions[] = rate === undefined ? [] : Array.isArray(rate) ? rate : [rate as RateOptions];
    this.#paces = rates.map(paceOf);
    this.#concurrency = concurrency;
  }

  /** Seconds that requests waited for the rate or for a pause. */
  get waitedSeconds(): number {
    return this.#waited / 1000;
  }

  /** All requests wait until then. */
  pause(untilMillis: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, untilMillis);
  }

  /** Runs the work when its turn has come. @throws AbortError, and what the work throws */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    while (this.#running >= this.#concurrency) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      await this.#turn(signal);
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const now = Date.now();
    const mine = takeTurn(this.#paces, now);
    if (mine > now) await this.#wait(mine - now, signal);
    for (let left = this.#pausedUntil - Date.now(); left > 0; left = this.#pausedUntil - Date.now()) await this.#wait(left, signal);
  }

  async #wait(millis: number, signal: AbortSignal): Promise<void> {
    this.#waited += millis;
    await sleep(millis, undefined, { signal });
  }
}
