/**
 * tapline.lock.json: the exact Python packages that each plugin was installed with, so that every machine gets the same, and the npm
 * packages that tapline itself added to package.json. It belongs in version control, beside npm's package-lock.json.
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
  return readFile(folder).python;
}

/** npm packages that `tapline add` put into package.json. Others were there before, and `tapline remove` leaves them. @throws lock_invalid */
export function addedPackages(folder: string): readonly string[] {
  return readFile(folder).npm;
}

/** undefined deletes the entry. */
export function writeLock(folder: string, name: string, locked: LockedPlugin | undefined): void {
  const { python, npm } = readFile(folder);
  const { [name]: _old, ...others } = python;
  writeFile(folder, { python: locked === undefined ? others : { ...others, [name]: locked }, npm });
}

/** Records that tapline added this npm package, or that it is gone. */
export function lockAdded(folder: string, name: string, isAdded: boolean): void {
  const { python, npm } = readFile(folder);
  writeFile(folder, { python, npm: [...npm.filter((each) => each !== name), ...(isAdded ? [name] : [])] });
}

interface LockFile {
  python: PluginLock;
  npm: readonly string[];
}

function readFile(folder: string): LockFile {
  const path = join(folder, fileName);
  if (!existsSync(path)) return { python: {}, npm: [] };
  try {
    const { python = {}, npm = [] } = JSON.parse(readFileSync(path, "utf8")) as Partial<LockFile>;
    const isWhole = Object.values(python).every(
      (each) => typeof each.pip === "string" && typeof each.python === "string" && each.packages.every(isLockedPackage),
    );
    if (!isWhole) throw new Error("an entry has another form than pip, python and a list of exact packages");
    if (!Array.isArray(npm) || !npm.every((each) => typeof each === "string")) throw new Error("npm is no list of packages");
    return { python, npm };
  } catch (error) {
    throw errors.lock_invalid({ reason: (error as Error).message }, { file: path }, error);
  }
}

function writeFile(folder: string, { python, npm }: LockFile): void {
  const path = join(folder, fileName);
  const entries = Object.entries(python).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0 && npm.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  const half = `${path}.${process.pid}.tmp`;
  const file = {
    ...(entries.length === 0 ? {} : { python: Object.fromEntries(entries) }),
    ...(npm.length === 0 ? {} : { npm: [...npm].sort() }),
  };
  writeFileSync(half, `${JSON.stringify(file, null, 2)}\n`);
  renameSync(half, path);
}

/** People and merges edit the file, and its lines are passed to pip: so no options, and one package a line. */
export function isLockedPackage(text: unknown): text is string {
  return (
    typeof text === "string" &&
    /^[A-Za-z0-9][A-Za-z0-9._-]*(?:==[A-Za-z0-9.!+_-]+| @ (?:git\+)?(?:https|ssh|file):\/\/[^\s'"\\]+)$/.test(text)
  );
}
