/** How fast requests may go, shared by all streams of a tap: a fixed rate, pauses that the server asks for, and how many at a time. */
import { setTimeout as sleep } from "node:timers/promises";

export interface RateOptions {
  /** So many requests … */
  readonly requests: number;
  /** … in so many seconds. They are spread evenly after the first `burst`. Default: 1. */
  readonly perSeconds?: number;
  /** So many may go at once before they are spread. Default: 1. */
  readonly burst?: number;
}

/** A slot is given in the order it was asked for. */
export class Limiter {
  readonly #interval: number;
  readonly #burst: number;
  readonly #concurrency: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** When the bucket of the fixed rate would be empty. */
  #filledUntil = 0;
  #pausedUntil = 0;
  #waited = 0;

  constructor(rate: RateOptions | undefined, concurrency: number) {
    this.#interval = rate === undefined ? 0 : ((rate.perSeconds ?? 1) * 1000) / rate.requests;
    this.#burst = rate?.burst ?? 1;
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
    if (this.#interval > 0) {
      const now = Date.now();
      const mine = Math.max(this.#filledUntil, now - (this.#burst - 1) * this.#interval);
      this.#filledUntil = mine + this.#interval;
      if (mine > now) await this.#wait(mine - now, signal);
    }
    for (let left = this.#pausedUntil - Date.now(); left > 0; left = this.#pausedUntil - Date.now()) await this.#wait(left, signal);
  }

  async #wait(millis: number, signal: AbortSignal): Promise<void> {
    this.#waited += millis;
    await sleep(millis, undefined, { signal });
  }
}
