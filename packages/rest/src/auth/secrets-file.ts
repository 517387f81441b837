/** Keeps secrets that a server changes in a file that only its owner can read, for runs that no runner started. */
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SecretPlace } from "./auth.ts";

/** A lock that is older belongs to a process that was killed. */
const lockMs = 10_000;

/** Each change is a new file that is put in place of the old one, while no other process changes it. */
export function fileSecrets(path: string): SecretPlace {
  return {
    get: async (name) => read(path)[name],
    swap: (name, before, next) =>
      whileLocked(`${path}.lock`, () => {
        const secrets = read(path);
        if (secrets[name] !== before) return false;
        write(path, { ...secrets, [name]: next });
        return true;
      }),
  };
}

function read(path: string): Record<string, string> {
  try {
    const { mode } = statSync(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) chmodSync(path, 0o600);
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

function write(path: string, secrets: Record<string, string>): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${randomUUID()}`;
  const file = openSync(fresh, "wx", 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}

/** A folder can be made by one process only. */
async function whileLocked<T>(lock: string, work: () => T): Promise<T> {
  mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > lockMs) removeLock(lock);
      await sleep(20);
    }
  }
  try {
    return work();
  } finally {
    removeLock(lock);
  }
}

function removeLock(lock: string): void {
  try {
    rmdirSync(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
