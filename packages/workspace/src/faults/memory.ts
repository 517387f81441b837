/** How much memory the plugins of a load that is held up may take: what they take in peace and the rows they may hold, not what is sent. */
import { setTimeout } from "node:timers/promises";
import type { Load } from "./load.ts";
import { peakMemory } from "./processes.ts";
import type { Settings } from "./settings.ts";

const mebibyte = 2 ** 20;

/** What DuckDB is given; its default would hide a target that holds too much. The process may take 400 MB more, say its docs. */
export const duckdbMemory = "150MB";

type Peaks = Record<"tap" | "target", number>;

/** The most that tap and target held, in bytes, looked at until the load is over. */
export async function watchMemory(load: Load): Promise<Peaks> {
  const peaks: Peaks = { tap: 0, target: 0 };
  while (load.isRunning) {
    for (const role of ["tap", "target"] as const) {
      const pid = load.pid(role);
      if (pid !== undefined) peaks[role] = Math.max(peaks[role], peakMemory(pid));
    }
    await setTimeout(100);
  }
  return peaks;
}

/** What is wrong with it, in words. */
export function tooMuchMemory(peaks: Peaks, { target, batch_max_bytes }: Settings): string[] {
  const held = 1.5 * batch_max_bytes;
  const limits: Peaks = { tap: 150 * mebibyte, target: (target === "postgres" ? 175 : 550) * mebibyte + held };
  return (["tap", "target"] as const).flatMap((role) => {
    if (peaks[role] === 0) return [`the memory of the ${role} was never seen`];
    if (peaks[role] <= limits[role]) return [];
    return [`the ${role} took ${Math.round(peaks[role] / mebibyte)} MiB, more than ${Math.round(limits[role] / mebibyte)}`];
  });
}
