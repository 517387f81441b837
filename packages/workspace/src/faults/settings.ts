/** The settings that rounds are drawn from, and a draw in which few rounds bring every two values together. */
import type { Random } from "./random.ts";

export const levels = {
  target: ["postgres", "duckdb"],
  method: ["append-only", "upsert"],
  way: ["pipe", "runner"],
  streams: [1, 3],
  commit_after_ms: [0, 100, 30_000],
  batch_size_rows: [undefined, 300, 2500],
  batch_max_bytes: [20_000, 300_000, 32 * 1024 * 1024],
  state_every: [100, 800],
  /** How often the fault strikes before the load may complete. */
  strikes: [1, 2],
} as const;

export type Levels = { readonly [K in keyof typeof levels]: readonly (typeof levels)[K][number][] };
export type Settings = { readonly [K in keyof Levels]: Levels[K][number] };

/** The first `count` entries of an endless list that depends only on the seed. Each is the best of 25 draws: the one with the most new pairs. */
export function drawSettings(from: Levels, random: Random, count: number): Settings[] {
  const met = new Set<string>();
  return Array.from({ length: count }, () => {
    const draws = Array.from({ length: 25 }, () => draw(from, random));
    const news = draws.map((settings) => pairsOf(settings).filter((pair) => !met.has(pair)).length);
    const best = draws[news.indexOf(Math.max(...news))] as Settings;
    for (const pair of pairsOf(best)) met.add(pair);
    return best;
  });
}

/** Pairs of values that no round combines. */
export function pairsMissing(from: Levels, rounds: readonly Settings[]): string[] {
  const met = new Set(rounds.flatMap(pairsOf));
  const names = Object.keys(from) as (keyof Levels)[];
  const wanted = names.flatMap((a, index) =>
    names.slice(index + 1).flatMap((b) => from[a].flatMap((one) => from[b].map((other) => pair(a, one, b, other)))),
  );
  return wanted.filter((each) => !met.has(each));
}

function draw(from: Levels, random: Random): Settings {
  return Object.fromEntries(Object.entries(from).map(([name, values]) => [name, random.pick<unknown>(values)])) as Settings;
}

function pairsOf(settings: Settings): string[] {
  const names = Object.keys(settings) as (keyof Settings)[];
  return names.flatMap((a, index) => names.slice(index + 1).map((b) => pair(a, settings[a], b, settings[b])));
}

const pair = (a: string, one: unknown, b: string, other: unknown): string => `${a} ${one}, ${b} ${other}`;
