/** Numbers that look random and depend only on a seed, so that test data is the same on every machine and a failed run can be repeated. */

/**
 * Each call gives the next number, at least 0 and less than 1. Not for secrets. Mulberry32:
 * https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 *
 * @example
 * const random = seededRandom(7);
 * const id = Math.floor(random() * 1000);
 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
