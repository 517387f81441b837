/**
 * Decides whether a text matches a pattern, in time that grows with the text alone: the states of the pattern are a set, and sets that were met
 * are kept (Thompson, "Regular Expression Search Algorithm", 1968). It reads strings and the bytes of UTF-8. Pure.
 */
import type { PatternNode, Range } from "./parse-pattern.ts";

export interface PatternMatcher {
  /** From the first character to the last. */
  matches(text: string): boolean;
  /** The same for bytes[start, end) of valid UTF-8. */
  matchesBytes(bytes: Uint8Array, start: number, end: number): boolean;
}

/** A state of the pattern: it takes one character, or leads on without one. The last state is the end. */
interface State {
  ranges: readonly Range[] | undefined;
  next: number[];
}

/** More sets than these are rare, and are then found again. */
const mostSets = 2000;
const unknown = -1;
const dead = -2;

export function patternMatcher(node: PatternNode): PatternMatcher {
  const states: State[] = [{ ranges: undefined, next: [] }];
  const first = build(node, 0, states);
  const { classOf, asciiClass, count, taken } = classify(states);
  let sets: number[][] = [];
  let ends: boolean[] = [];
  let known = new Map<string, number>();
  let moves = new Int32Array(0);

  const setOf = (members: readonly number[]): number => {
    const closed = closure(members, states);
    if (closed.length === 0) return dead;
    const key = closed.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    const index = sets.push(closed) - 1;
    ends.push(closed.includes(0));
    known.set(key, index);
    if (sets.length * count > moves.length) {
      const larger = new Int32Array(Math.max(16 * count, moves.length * 2)).fill(unknown);
      larger.set(moves);
      moves = larger;
    }
    return index;
  };
  const start = setOf([first]);
  const begin = (): number => {
    if (sets.length <= mostSets) return start;
    // Also the start is met again: it is the first, as before.
    [sets, ends, known, moves] = [[], [], new Map(), new Int32Array(0)];
    return setOf([first]);
  };
  const move = (set: number, group: number): number => {
    const members = (sets[set] as number[]).flatMap((state) =>
      (taken[state] as Uint8Array)[group] === 1 ? (states[state] as State).next : [],
    );
    const to = setOf(members);
    moves[set * count + group] = to;
    return to;
  };
  const step = (set: number, code: number): number => {
    const group = code < 128 ? (asciiClass[code] as number) : classOf(code);
    const to = moves[set * count + group] as number;
    return to === unknown ? move(set, group) : to;
  };

  return {
    matches(text) {
      let set = begin();
      for (let at = 0; at < text.length && set >= 0; at++) {
        const code = text.codePointAt(at) as number;
        if (code > 0xffff) at++;
        set = step(set, code);
      }
      return set >= 0 && ends[set] === true;
    },
    matchesBytes(bytes, from, end) {
      let set = begin();
      for (let at = from; at < end && set >= 0; ) {
        const byte = bytes[at] as number;
        const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        let code = length === 1 ? byte : byte & (0xff >> (length + 1));
        for (let more = 1; more < length; more++) code = (code << 6) | ((bytes[at + more] as number) & 0x3f);
        set = step(set, code);
        at += length;
      }
      return set >= 0 && ends[set] === true;
    },
  };
}

/** Adds the states of a part that leads on to `next`. @returns its first state */
function build(node: PatternNode, next: number, states: State[]): number {
  const add = (ranges: State["ranges"], to: number[]): number => states.push({ ranges, next: to }) - 1;
  switch (node.kind) {
    case "set":
      return add(node.ranges, [next]);
    case "sequence":
      return node.parts.reduceRight((to, part) => build(part, to, states), next);
    case "choice":
      return add(
        undefined,
        node.branches.map((branch) => build(branch, next, states)),
      );
    default: {
      let to = next;
      if (node.most === null) {
        to = add(undefined, [next]);
        (states[to] as State).next.push(build(node.part, to, states));
      } else for (let left = node.least; left < node.most; left++) to = add(undefined, [next, build(node.part, to, states)]);
      for (let left = 0; left < node.least; left++) to = build(node.part, to, states);
      return to;
    }
  }
}

/** Those that take a character, and the end, that can be reached without one. */
function closure(members: readonly number[], states: readonly State[]): number[] {
  const seen = new Set<number>();
  const left = [...members];
  for (let state = left.pop(); state !== undefined; state = left.pop()) {
    if (seen.has(state)) continue;
    seen.add(state);
    const { ranges, next } = states[state] as State;
    if (ranges === undefined) left.push(...next);
  }
  return [...seen].filter((state) => state === 0 || states[state]?.ranges !== undefined).sort((a, b) => a - b);
}

/** Characters that no state tells apart are one class. */
function classify(states: readonly State[]) {
  const edges = [...new Set(states.flatMap(({ ranges = [] }) => ranges.flatMap(([from, to]) => [from, to + 1])))].sort((a, b) => a - b);
  /** How many edges are at the code or below it. */
  const classOf = (code: number): number => {
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] as number) <= code) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const asciiClass = Uint16Array.from({ length: 128 }, (_, code) => classOf(code));
  const count = edges.length + 1;
  const taken = states.map(({ ranges = [] }) => {
    const groups = new Uint8Array(count);
    for (const [from, to] of ranges) groups.fill(1, classOf(from), classOf(to) + 1);
    return groups;
  });
  return { classOf, asciiClass, count, taken };
}
