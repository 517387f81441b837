/** Tells whether an installed program has changed, by times, sizes and versions: to read all of its files would cost more than to ask it. */

import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import type { Executable } from "../model/plugin.ts";
import { packageFolderOf, readManifest } from "./package-folder.ts";

/** Differs after an upgrade, a new build of a linked package, or a change of a Python environment. */
export function fingerprintOf({ command, leadingArgs, path }: Executable): unknown[] {
  const real = realpathSync(leadingArgs[0] ?? path);
  return [command, path, real, stampOf(real), leadingArgs.length > 0 ? packageOf(real) : sitePackagesOf(path)];
}

function packageOf(file: string): unknown[] {
  const folder = packageFolderOf(dirname(file));
  return folder === undefined ? [] : stampsOfPackage(folder, new Set());
}

/** For a linked package also its files and the linked packages it needs, because they change without a new version. */
function stampsOfPackage(folder: string, seen: Set<string>): unknown[] {
  if (seen.has(folder)) return [];
  seen.add(folder);
  const { version, dependencies = {} } = readManifest(folder) ?? {};
  const own = [folder, version, stampOf(join(folder, "package.json"))];
  if (folder.includes(`${sep}node_modules${sep}`)) return own;
  const linked = Object.keys(dependencies).flatMap((name) => {
    const found = dependencyFolder(folder, name);
    return found === undefined || found.includes(`${sep}node_modules${sep}`) ? [] : stampsOfPackage(found, seen);
  });
  return [...own, newestBelow(folder), ...linked];
}

function dependencyFolder(from: string, name: string): string | undefined {
  const path = join(from, "node_modules", name);
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return realpathSync(path);
  const above = dirname(from);
  return above === from ? undefined : dependencyFolder(above, name);
}

/** The newest time of a code file. Links are not followed. What a build deletes meanwhile counts for nothing. */
function newestBelow(folder: string): number {
  return entriesOf(folder).reduce((newest, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|src|test|\..*)$/.test(entry.name) ? newest : Math.max(newest, newestBelow(path));
    const isCode = entry.isFile() && /\.([cm]?js|json|py)$/.test(entry.name);
    return isCode ? Math.max(newest, statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) : newest;
  }, 0);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Every install and upgrade renames folders in site-packages. */
function sitePackagesOf(path: string): unknown[] {
  const lib = join(dirname(dirname(path)), "lib");
  if (statSync(lib, { throwIfNoEntry: false }) === undefined) return [];
  const pythons = readdirSync(lib).filter((name) => name.startsWith("python"));
  return pythons.flatMap((name) => {
    const folder = join(lib, name, "site-packages");
    return [stampOf(folder), ...linkedSources(folder)];
  });
}

/** Folders that an editable install names: their code changes without any trace in the environment. */
function linkedSources(sitePackages: string): unknown[] {
  if (statSync(sitePackages, { throwIfNoEntry: false }) === undefined) return [];
  const links = readdirSync(sitePackages).filter((name) => name.endsWith(".pth"));
  return links.flatMap((name) => {
    const lines = readFileSync(join(sitePackages, name), "utf8").split("\n");
    const folders = lines.filter((line) => line.startsWith("/") && statSync(line, { throwIfNoEntry: false })?.isDirectory() === true);
    return folders.map((folder) => [folder, newestBelow(folder)]);
  });
}

function stampOf(path: string): unknown {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : [found.size, found.mtimeMs];
}
