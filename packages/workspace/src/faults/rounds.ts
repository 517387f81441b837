/** The rounds of a fault, each with its own settings and seed, all derived from one seed. */
import { commitOf } from "../git.ts";
import type { Fault } from "./faults.ts";
import { randomFrom } from "./random.ts";
import type { Round } from "./round.ts";
import { drawSettings, type Levels, levels } from "./settings.ts";

/** FAULTS_SEED, or the commit that is checked out. */
export const baseSeed = (): string => process.env.FAULTS_SEED ?? commitOf("HEAD")?.slice(0, 12) ?? "no-commit";

export const levelsOf = (fault: Fault): Levels => ({ ...levels, ...fault.levels });

export function roundsOf(fault: Fault, count: number): Omit<Round, "server">[] {
  const seed = baseSeed();
  const settings = drawSettings(levelsOf(fault), randomFrom(`${seed}, ${fault.name}`), count);
  return settings.map((drawn, index) => ({ fault, settings: drawn, seed, number: index + 1 }));
}
