/**
 * Holds a run to the limits of its job. Memory: a watchdog adds up what the processes of the run use, and stops the run when that is too much.
 * It looks twice a second, so a process that takes memory faster than that can take more for a moment.
 */
import { getPriority, setPriority } from "node:os";
import type { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { processTree, type TreeProcess } from "../process/process-tree.ts";
import type { StopSwitch } from "../process/stop-switch.ts";
import type { Limits } from "../project/job.ts";

export interface HeldLimits extends Disposable {
  /** Which limits are in force, and by what; undefined: the job has none. */
  readonly note: string | undefined;
  /** Why the run was stopped; undefined: it kept to its limits. */
  readonly exceeded: TaplineError | undefined;
}

export interface HoldOptions {
  /** Stops the run. */
  halt: StopSwitch;
  everyMs?: number;
  /** A run that still uses too much after this time is killed. */
  graceMs?: number;
}

const bytesOfMb = 1_000_000;

export function holdLimits(limits: Limits, options: HoldOptions): HeldLimits {
  const { memory_mb: memoryMb, nice } = limits;
  if (memoryMb === undefined && nice === undefined) return { note: undefined, exceeded: undefined, [Symbol.dispose]() {} };
  // Plugins inherit it. A priority that is lower already stays.
  if (nice !== undefined && getPriority() < nice) setPriority(nice);
  const canWatch = process.platform === "linux";
  const watch = memoryMb !== undefined && canWatch ? watchMemory(memoryMb, limits, options) : undefined;
  const notes = [
    ...(memoryMb === undefined
      ? []
      : [`memory_mb ${memoryMb}${canWatch ? " by a watchdog" : " is not in force: this system has no /proc"}`]),
    ...(nice === undefined ? [] : [`nice ${getPriority()}`]),
  ];
  return {
    note: `limits: ${notes.join(", ")}`,
    get exceeded() {
      return watch?.exceeded;
    },
    [Symbol.dispose]: () => watch?.[Symbol.dispose](),
  };
}

function watchMemory(limitMb: number, { position }: Limits, { halt, everyMs = 500, graceMs = 5000 }: HoldOptions) {
  let exceeded: TaplineError | undefined;
  let stoppedAt = 0;
  const look = (): void => {
    const processes = processTree(process.pid);
    const used = processes.reduce((sum, { bytes }) => sum + bytes, 0);
    if (used <= limitMb * bytesOfMb) return;
    if (exceeded === undefined) {
      const usedMb = Math.round(used / bytesOfMb);
      exceeded = errors.memory_exceeded({ usedMb, limitMb, largest: describe(processes) }, position);
      stoppedAt = Date.now();
      halt.stop("SIGTERM", `its memory limit of ${limitMb} MB`);
    } else if (Date.now() - stoppedAt > graceMs) halt.stop("SIGKILL");
  };
  const timer = setInterval(look, everyMs).unref();
  return {
    get exceeded() {
      return exceeded;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** "node 312 MB, python 84 MB": the three largest. */
function describe(processes: readonly TreeProcess[]): string {
  return processes
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map(({ pid, name, bytes }) => `${name} (${pid}) ${Math.round(bytes / bytesOfMb)} MB`)
    .join(", ");
}
