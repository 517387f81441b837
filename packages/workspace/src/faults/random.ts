/** Random draws that depend only on a seed, so that a failed round can be repeated. */
import { createHash } from "node:crypto";
import { seededRandom } from "@tapline/testing/seeded-random";

export interface Random {
  /** At least 0, less than 1. */
  share(): number;
  /** A whole number, at least 0, less than `end`. */
  below(end: number): number;
  pick<T>(list: readonly T[]): T;
}

export function randomFrom(seed: string): Random {
  const share = seededRandom(createHash("sha256").update(seed).digest().readUInt32LE());
  const below = (end: number): number => Math.floor(share() * end);
  return { share, below, pick: (list) => list[below(list.length)] as (typeof list)[number] };
}
