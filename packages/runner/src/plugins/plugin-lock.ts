/**
 * tapline.lock.json: the exact Python packages that each plugin was installed with, so that every machine gets the same. It belongs in
 * version control, beside npm's package-lock.json.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errors } from "../errors.ts";

export interface LockedPlugin {
  /** `pip` of tapline.yml when it was locked. A different one there makes this entry outdated. */
  pip: string;
  /** The version of Python, such as "3.11": packages differ between versions. */
  python: string;
  /** `name==version`, or `name @ URL` with the commit. Packages from paths are left out. */
  packages: string[];
}

/** The keys are the plugins that have `pip` in their entry. */
export type PluginLock = Record<string, LockedPlugin>;

const fileName = "tapline.lock.json";

/** @throws lock_invalid */
export function readLock(folder: string): PluginLock {
  const path = join(folder, fileName);
  if (!existsSync(path)) return {};
  try {
    const { python } = JSON.parse(readFileSync(path, "utf8")) as { python?: PluginLock };
    const entries = Object.entries(python ?? {});
    const isWhole = entries.every(
      ([, each]) => typeof each.pip === "string" && typeof each.python === "string" && each.packages.every(isLockedPackage),
    );
    if (!isWhole) throw new Error("an entry has another form than pip, python and a list of exact packages");
    return Object.fromEntries(entries);
  } catch (error) {
    throw errors.lock_invalid({ reason: (error as Error).message }, { file: path }, error);
  }
}

/** undefined deletes the entry. */
export function writeLock(folder: string, name: string, locked: LockedPlugin | undefined): void {
  const path = join(folder, fileName);
  const { [name]: _old, ...others } = readLock(folder);
  const entries = Object.entries(locked === undefined ? others : { ...others, [name]: locked }).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  const half = `${path}.${process.pid}.tmp`;
  writeFileSync(half, `${JSON.stringify({ python: Object.fromEntries(entries) }, null, 2)}\n`);
  renameSync(half, path);
}

/** People and merges edit the file, and its lines are passed to pip: so no options, and one package a line. */
export function isLockedPackage(text: unknown): text is string {
  return (
    typeof text === "string" &&
    /^[A-Za-z0-9][A-Za-z0-9._-]*(?:==[A-Za-z0-9.!+_-]+| @ (?:git\+)?(?:https|ssh|file):\/\/[^\s'"\\]+)$/.test(text)
  );
}
