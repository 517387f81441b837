/** A result of a benchmark: a value compared with a limit or a peer, and whether it is within its bar; or why a peer was left out. */
import type { Cost } from "./measure.ts";

export type Result = Comparison | LeftOut;

export interface Comparison {
  name: string;
  value: number;
  unit: "s" | "ms" | "MB";
  /** The limit or peer, with its value. */
  beside: string;
  ratio: number;
  bar: string;
  holds: boolean;
}

/** A peer without a valid time, so there is no bar. */
export interface LeftOut {
  name: string;
  beside: string;
  verdict: "wrong" | "not installed" | "not run";
  reason: string;
}

/** `value` may be at most `most` times the value of the limit or peer. */
export function compare(
  name: string,
  value: number,
  unit: Comparison["unit"],
  [besideName, besideValue]: readonly [string, number],
  most: number,
): Comparison {
  const ratio = value / besideValue;
  return {
    name,
    value,
    unit,
    beside: `${besideName} ${besideValue.toFixed(unit === "s" ? 2 : 0)} ${unit}`,
    ratio,
    bar: `at most ${Number(most.toPrecision(3))}x`,
    holds: ratio <= most,
  };
}

/** The costs of each step over all rounds, and the figures that comparisons need. */
export class Costs {
  readonly #rounds = new Map<string, Cost[]>();

  add(step: string, cost: Cost): void {
    this.#rounds.set(step, [...(this.#rounds.get(step) ?? []), cost]);
  }

  /** The best time of all rounds. */
  wall(step: string): number {
    return Math.min(...this.#of(step).map((cost) => cost.wallSeconds));
  }

  cpu(step: string, program: string): number {
    return Math.min(...this.#of(step).map((cost) => cost.processes[program]?.cpuSeconds ?? Number.NaN));
  }

  /** The highest peak of all rounds. */
  peak(step: string, program: string): number {
    return Math.max(...this.#of(step).map((cost) => cost.processes[program]?.peakMb ?? Number.NaN));
  }

  #of(step: string): Cost[] {
    return this.#rounds.get(step) ?? [];
  }
}

/** Runs the steps in turn, round after round, so that changes in the machine's speed affect all of them. */
export async function interleave(steps: Record<string, () => Promise<Cost>>, rounds: number, log: (line: string) => void): Promise<Costs> {
  const costs = new Costs();
  for (let round = 1; round <= rounds; round++) {
    for (const [name, step] of Object.entries(steps)) {
      const cost = await step();
      costs.add(name, cost);
      log(`round ${round}: ${name} ${describeCost(cost)}`);
    }
  }
  return costs;
}

export function describeCost(cost: Cost): string {
  const parts = Object.entries(cost.processes).map(([name, p]) => `${name} ${p.cpuSeconds.toFixed(2)} CPU s ${p.peakMb.toFixed(0)} MB`);
  return [`${cost.wallSeconds.toFixed(2)} s`, ...parts].join(", ");
}
