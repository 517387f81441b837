/**
 * Whether a process that was noted down is still the same one: a pid alone comes back after a reboot or a wrap-around,
 * a pid with its start time does not. That is how a crash never locks anyone out.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ProcessIdentity {
  pid: number;
  /** What the system says about its start; only compared, never read. "" when it was gone before we could ask. */
  started: string;
}

export function identify(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) ?? "" };
}

export function isAlive({ pid, started }: ProcessIdentity): boolean {
  return started !== "" && startOf(pid) === started;
}

/** A zombie counts as gone: it can do nothing any more. */
function startOf(pid: number): string | undefined {
  return process.platform === "linux" ? linuxStart(pid) : psStart(pid);
}

/** Field 22 of /proc/PID/stat (ticks since boot, see proc(5)); the boot's id makes it unique across reboots. */
function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command in field 2 may hold spaces and parentheses: count from behind the last one.
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
