/** How much of all it will read a tap has read, and how long the rest may take. Pure. */
import type { Lag, ReadProgress } from "@tapline/protocol";
import { describeBytes, describeCount, describeSeconds } from "@tapline/runner";

/** A moment of the reading. */
export interface ReadMoment {
  at: number;
  done: number;
}

/** The first seconds are no measure of the rest. */
const shortestMs = 2000;

/** `62 % of 1.2 GB read, about 40 s left`. `since`: the first moment that is known; before it, files may have been passed over. */
export function describeRead({ done, total, unit }: ReadProgress, since: ReadMoment, now: number): string {
  const all = unit === "bytes" ? describeBytes(total) : `${describeCount(total)} ${unit}`;
  const share = `${Math.floor((100 * done) / total)} % of ${all} read`;
  const [ms, read] = [now - since.at, done - since.done];
  if (done >= total || ms < shortestMs || read <= 0) return share;
  return `${share}, about ${roughly(((total - done) / read) * (ms / 1000))} left`;
}

/** `follows, level with its source`, `follows, 12.0 s behind (3.4 MB to read)`. */
export function describeLag({ seconds, bytes }: Lag): string {
  if (seconds === 0) return "follows, level with its source";
  return `follows, ${describeSeconds(seconds)} behind${bytes === null ? "" : ` (${describeBytes(bytes)} to read)`}`;
}

/** Whole seconds, without those of a long time. */
function roughly(seconds: number): string {
  const step = seconds < 60 ? 1 : seconds < 600 ? 10 : 60;
  return describeSeconds(Math.max(1, Math.round(seconds / step) * step)).replace(/\.0 s$| 0 s$/, (end) =>
    end.startsWith(".") ? " s" : "",
  );
}
