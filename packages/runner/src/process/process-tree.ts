/** The processes that a process started, and those that they started, with the memory of each. Linux, by /proc (see proc(5)). */
import { readdirSync, readFileSync } from "node:fs";

export interface TreeProcess {
  pid: number;
  /** Its program, at most 15 characters. */
  name: string;
  /** Memory that is its own and not a copy of a file's: what is gone when it ends. */
  bytes: number;
}

/**
 * The process itself comes first. A process whose parent ended belongs to nobody and is not found. Memory that several processes share counts
 * for each of them.
 */
export function processTree(root: number): TreeProcess[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    if (parent !== undefined) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const found: TreeProcess[] = [];
  const open = [root];
  for (let pid = open.shift(); pid !== undefined; pid = open.shift()) {
    const read = readProcess(pid);
    if (read !== undefined) found.push(read);
    open.push(...(parents.get(pid) ?? []));
  }
  return found;
}

/** Field 4 of /proc/PID/stat; the command in field 2 may hold spaces and parentheses. */
function parentOf(pid: string): number | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 2)[1]);
}

function readProcess(pid: number): TreeProcess | undefined {
  const status = readOrNothing(`/proc/${pid}/status`);
  if (status === undefined) return undefined;
  const kib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
  return { pid, name: /^Name:\s+(.*)$/m.exec(status)?.[1] ?? "", bytes: 1024 * (kib("RssAnon") + kib("RssShmem")) };
}

/** undefined: the process ended. */
function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
