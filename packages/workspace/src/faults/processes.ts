/** The processes of one round, found by a mark in their environment: also those whose parent died. Reads /proc, so Linux alone. */
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

/** A zombie is none of them: it can do nothing any more. */
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

/** Those that are still there after the time. */
export async function leftAfter(mark: string, ms: number): Promise<Found[]> {
  const until = Date.now() + ms;
  for (;;) {
    const left = processesOf(mark);
    if (left.length === 0 || Date.now() > until) return left;
    await setTimeout(20);
  }
}

/** Whether it was there to be signalled. */
export function signal(pid: number | undefined, name: NodeJS.Signals): boolean {
  try {
    return pid !== undefined && process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** The most memory it ever held, in bytes; 0 when it is gone. */
export function peakMemory(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function roleOf(command: string): Role | undefined {
  if (command.includes("/bin/tapline.js")) return "runner";
  if (command.includes("/bin/target-")) return "target";
  return /\/faults\/tap-(one|three)\.js/.test(command) ? "tap" : undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
