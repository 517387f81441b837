/** The virtual environments of Python plugins, in `.tapline/python/`: which there are, and which one fits the lock. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { PythonSource } from "../model/plugin.ts";
import { readLock } from "./plugin-lock.ts";

/** Written last: an environment that is not complete has none. */
export const readyFile = "tapline.json";
export const ownerFile = "tapline-owner.json";

/** The folder of the environment that equals the lock; undefined: there is none. @throws lock_invalid */
export function findEnvironment(folder: string, { name, pip }: PythonSource): string | undefined {
  const locked = readLock(folder)[name];
  if (locked === undefined || locked.pip !== pip) return undefined;
  return environmentsIn(folder).find((path) => isDeepStrictEqual(readJson(join(path, readyFile)), locked));
}

export function environmentsFolder(folder: string): string {
  return join(folder, ".tapline", "python");
}

export function environmentsIn(folder: string): string[] {
  const all = environmentsFolder(folder);
  return existsSync(all) ? readdirSync(all).map((entry) => join(all, entry)) : [];
}

export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
