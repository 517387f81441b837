/** Ids of rejected rows: short enough to type, unique, and rising, so that a list by id is in the order of rejection. */
import { randomBytes } from "node:crypto";

let last = { millisecond: 0, count: 0 };
const process = randomBytes(3).toString("hex");

/**
 * The time in milliseconds, a count within it and a random part for the process, in digits and lower-case letters.
 * @example rejectId() // "mik3z8a10000a81f3c"
 */
export function rejectId(now: number = Date.now()): string {
  last = now > last.millisecond ? { millisecond: now, count: 0 } : { ...last, count: last.count + 1 };
  return `${last.millisecond.toString(36)}${last.count.toString(36).padStart(4, "0")}${process}`;
}
