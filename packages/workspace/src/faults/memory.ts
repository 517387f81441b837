/** How much memory the plugins of a delayed load may use: their usual amount plus the rows they may buffer, however much is sent. */
import { setTimeout } from "node:timers/promises";
import type { Load } from "./load.ts";
import { peakMemory } from "./processes.ts";
import type { Settings } from "./settings.ts";

const mebibyte = 2 ** 20;

/** DuckDB's memory_limit here. Its default would hide a target that buffers too much. Its docs allow the process 400 MB more. */
export const duckdbMemory = "150MB";

type Peaks = Record<"tap" | "target", number>;

/** Peak memory of tap and target in bytes, sampled until the load ends. */
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

/** The findings in words; [] when the limits hold. */
export function tooMuchMemory(peaks: Peaks, { target, batch_max_bytes }: Settings): string[] {
  const held = 1.5 * batch_max_bytes;
  const limits: Peaks = { tap: 150 * mebibyte, target: (target === "postgres" ? 175 : 550) * mebibyte + held };
  return (["tap", "target"] as const).flatMap((role) => {
    if (peaks[role] === 0) return [`the memory of the ${role} was never measured`];
    if (peaks[role] <= limits[role]) return [];
    return [`the ${role} used ${Math.round(peaks[role] / mebibyte)} MiB, more than ${Math.round(limits[role] / mebibyte)}`];
  });
}
