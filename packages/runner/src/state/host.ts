/**
 * On which machine a run lives. There pids tell at once whether it is alive; from elsewhere only its lease does. A container
 * is a machine of its own: its pids mean nothing outside, although it shares the kernel and the time it was started.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { identify, isAlive, type ProcessIdentity } from "../process/liveness.ts";

export interface Runner extends ProcessIdentity {
  /** From start to shut-down of the machine; only compared. Missing in runs from before there were leases: those were of this one. */
  host?: string;
  /** The machine over its reboots; missing where that is not sure. */
  machine?: string;
  /** For people. */
  hostname?: string;
}

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
  // This machine was started anew since.
  return machine !== undefined && runner.machine === machine ? "dead" : "unknown";
}

type Host = Required<Pick<Runner, "host">> & Pick<Runner, "machine">;

let known: Host | undefined;

function thisHost(): Host {
  known ??= linuxHost() ?? { host: hostname(), machine: hostname() };
  return known;
}

/** Of the kernel's first namespace of pids, see pid_namespaces(7) and PROC_PID_INIT_INO in its source: no container. */
const outermost = "pid:[4026531836]";

function linuxHost(): Host | undefined {
  const boot = readOrNothing("/proc/sys/kernel/random/boot_id");
  if (boot === undefined) return undefined;
  const namespace = readlinkSync("/proc/self/ns/pid");
  const host = `${boot} ${namespace}`;
  const id = readOrNothing("/etc/machine-id");
  // A clone of a machine has its id, but hardly its name too.
  return namespace === outermost && id !== undefined ? { host, machine: `${id} ${hostname()}` } : { host };
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
