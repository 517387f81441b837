/** Random draws that depend only on a seed, so that a failed round can be repeated. */
import { createHash } from "node:crypto";

export interface Random {
  /** At least 0, less than 1. */
  share(): number;
  /** A whole number, at least 0, less than `end`. */
  below(end: number): number;
  pick<T>(list: readonly T[]): T;
}

export function randomFrom(seed: string): Random {
  let at = createHash("sha256").update(seed).digest().readUInt32LE();
  // mulberry32: small, and good enough to spread draws.
  const share = (): number => {
    at = (at + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(share() * end);
  return { share, below, pick: (list) => list[below(list.length)] as (typeof list)[number] };
}
