/** The rounds of a fault or mistake, each with its own settings and seed, all derived from one seed. */
import { commitOf } from "../git.ts";
import { randomFrom } from "./random.ts";
import { drawSettings, type Levels, levels, type Settings } from "./settings.ts";

/** A fault or a mistake: what the rounds are drawn for. */
interface Drawn {
  name: string;
  levels?: Partial<Levels>;
}

/** FAULTS_SEED, or the commit that is checked out. */
export const baseSeed = (): string => process.env.FAULTS_SEED ?? commitOf("HEAD")?.slice(0, 12) ?? "no-commit";

export const levelsOf = (fault: Drawn): Levels => ({ ...levels, ...fault.levels });

/** Runs the rounds one after another, also after one that failed. @returns the messages of their errors */
export async function failuresIn<R>(rounds: readonly R[], runOne: (round: R) => Promise<void>): Promise<string[]> {
  const failures: string[] = [];
  for (const round of rounds) await runOne(round).catch((error: Error) => failures.push(error.message));
  return failures;
}

export function roundsOf<F extends Drawn>(fault: F, count: number): { fault: F; settings: Settings; seed: string; number: number }[] {
  const seed = baseSeed();
  const settings = drawSettings(levelsOf(fault), randomFrom(`${seed}, ${fault.name}`), count);
  return settings.map((drawn, index) => ({ fault, settings: drawn, seed, number: index + 1 }));
}
