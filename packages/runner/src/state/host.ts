/**
 * On which machine a run is. On that machine its pid shows at once whether it is alive; from other machines only its lease does. A
 * container counts as a machine: its pids mean nothing outside, although it shares the kernel and its start time.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Runner } from "../model/runner.ts";
import { identify, isAlive } from "../process/liveness.ts";

export function thisRunner(): Runner {
  return { ...identify(process.pid), ...thisHost(), hostname: hostname() };
}

export function isHere({ host }: Runner): boolean {
  return host === undefined || host === thisHost().host;
}

/** "unknown": on another machine. */
export function lifeOf(runner: Runner): "alive" | "dead" | "unknown" {
  if (isHere(runner)) return isAlive(runner) ? "alive" : "dead";
  const { machine } = thisHost();
  // This machine was rebooted since.
  return machine !== undefined && runner.machine === machine ? "dead" : "unknown";
}

type Host = Required<Pick<Runner, "host">> & Pick<Runner, "machine">;

let known: Host | undefined;

function thisHost(): Host {
  known ??= linuxHost() ?? { host: hostname(), machine: hostname() };
  return known;
}

/** The kernel's first pid namespace, so no container: see pid_namespaces(7) and PROC_PID_INIT_INO in the kernel's source. */
const outermost = "pid:[4026531836]";

function linuxHost(): Host | undefined {
  const boot = readOrNothing("/proc/sys/kernel/random/boot_id");
  if (boot === undefined) return undefined;
  const namespace = readlinkSync("/proc/self/ns/pid");
  const host = `${boot} ${namespace}`;
  const id = readOrNothing("/etc/machine-id");
  // A cloned machine has the same id, but rarely the same name.
  return namespace === outermost && id !== undefined ? { host, machine: `${id} ${hostname()}` } : { host };
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
