/**
 * Identifies processes over time. A pid alone is used again after a reboot or a wrap-around; a pid with its start time is not. That is
 * why a crashed run never keeps another one from starting.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { ProcessIdentity } from "../model/runner.ts";

export function identify(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) ?? "" };
}

export function isAlive({ pid, started }: ProcessIdentity): boolean {
  return started !== "" && startOf(pid) === started;
}

/** undefined: there is no such process, or only a zombie, which can do nothing more. */
function startOf(pid: number): string | undefined {
  return process.platform === "linux" ? linuxStart(pid) : psStart(pid);
}

/** Field 22 of /proc/PID/stat (ticks since boot, see proc(5)); the boot's id makes it unique across reboots. */
function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command in field 2 may hold spaces and parentheses: count from after the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** macOS has no /proc. */
export function psStart(pid: number): string | undefined {
  try {
    const answer = execFileSync("ps", ["-o", "stat=", "-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [, stat = "Z", start] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(answer) ?? [];
    return stat.startsWith("Z") ? undefined : start;
  } catch {
    return undefined;
  }
}
