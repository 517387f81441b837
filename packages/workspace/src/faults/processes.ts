/** The processes of one round, found by a mark in their environment, so that orphans are found too. Reads /proc, so it works on Linux only. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

export type Role = "tap" | "target" | "runner";

export interface Found {
  pid: number;
  /** Undefined for helpers. */
  role: Role | undefined;
  command: string;
}

const variable = "TAPLINE_FAULTS_ROUND";

export const marked = (mark: string): Record<string, string> => ({ [variable]: mark });

/** Zombies are left out. */
export function processesOf(mark: string): Found[] {
  const wanted = `${variable}=${mark}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      if (!read(`/proc/${name}/environ`).split("\0").includes(wanted)) return [];
      const command = read(`/proc/${name}/cmdline`).split("\0").join(" ").trim();
      return command === "" ? [] : [{ pid: Number(name), role: roleOf(command), command }];
    });
}

export function pidOf(mark: string, role: Role): number | undefined {
  return processesOf(mark).find((found) => found.role === role)?.pid;
}

/** The processes that are still running after `ms`. */
export async function leftAfter(mark: string, ms: number): Promise<Found[]> {
  const until = Date.now() + ms;
  for (;;) {
    const left = processesOf(mark);
    if (left.length === 0 || Date.now() > until) return left;
    await setTimeout(20);
  }
}

/** False when the process had already ended. */
export function signal(pid: number | undefined, name: NodeJS.Signals): boolean {
  try {
    return pid !== undefined && process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** Its peak memory in bytes; 0 when it has ended. */
export function peakMemory(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function roleOf(command: string): Role | undefined {
  if (command.includes("/bin/tapline.js")) return "runner";
  if (command.includes("/bin/target-")) return "target";
  return /\/faults\/tap-(one|three)\.js|\/bin\/tap-/.test(command) ? "tap" : undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
