/**
 * The lock of the manifest on a file system: held for the milliseconds in which a process compares and replaces it. A lock is a file named
 * after the manifest it replaces and the attempt; it is made whole by a link, which only one process can do, and it is never taken over:
 * the next process makes the lock of the next attempt where the holder of the last one is dead. So no two can hold one.
 */
import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "@tapline/sdk";

/** Tells this process from an earlier one with its number, as in a container that was started again. */
const processToken = randomUUID();

/** Of another computer: nobody can ask whether its process lives. */
const foreignMs = 60_000;

/** Does the work while no other process replaces the manifest with this tag. Undefined where another one does so now. */
export async function withLock<T>(folder: string, tag: string, work: () => Promise<T>): Promise<T | undefined> {
  const prefix = `_tapline_manifest.lock-${tag}-`;
  const own = join(folder, `_tapline_manifest.lock-${randomUUID()}`);
  try {
    await writeFile(own, JSON.stringify({ host: hostname(), pid: process.pid, token: processToken }), { mode: 0o600 });
    for (let attempt = 0; ; attempt++) {
      const path = join(folder, `${prefix}${attempt}`);
      if (await linked(own, path)) return await work();
      if (await isHeld(path)) return undefined;
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Deletes the locks of other tags than the present one, for which nobody asks again, and what processes left that were killed amid a replacement. */
export async function dropLocks(folder: string, tag: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const isPast = /^_tapline_manifest\.lock-\d+-\d+$/.test(name) && !name.startsWith(`_tapline_manifest.lock-${tag}-`);
    if (isPast || (passing.test(name) && (await isOld(path)))) await rm(path, { force: true });
  }
}

/** There for milliseconds: a lock before it has its name, and a manifest before it has its place. */
const passing = /^_tapline_manifest\.(lock-[0-9a-f]{8}-[0-9a-f-]+|json\.part-.+)$/;

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > foreignMs;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function isHeld(path: string): Promise<boolean> {
  try {
    const { host, pid, token } = JSON.parse(await readFile(path, "utf8")) as { host: string; pid: number; token: string };
    if (host === hostname()) return pid === process.pid ? token === processToken : isAlive(pid);
    return !(await isOld(path));
  } catch (error) {
    // It was dropped: the manifest has moved on.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
}
