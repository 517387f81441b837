/** Installs the plugins of a project. */

import { TaplineError } from "@tapline/protocol";
import type { PythonSource } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import { packagesToInstall } from "../plugins/declared-packages.ts";
import { type LockedPlugin, readLock, writeLock } from "../plugins/plugin-lock.ts";
import { findEnvironment } from "../plugins/python-environment.ts";
import { pythonSourceOf } from "../plugins/source.ts";
import { kindOf } from "../project/plugin-entry.ts";
import { pluginNames } from "../project/project.ts";
import { type How, type Installed, installedPython, installingIn } from "./installed.ts";
import { installNpmPackages } from "./npm-packages.ts";
import { makeEnvironment, sweepEnvironments } from "./python-environment.ts";

export interface WhereToLook {
  environment?: string | undefined;
  binFolders?: readonly string[];
}

/** Installs the plugins of the project (or only `names`) that are missing, with the locked versions. What has no lock yet is locked. */
export async function installPlugins(project: Project, names: readonly string[], how: How, where: WhereToLook = {}): Promise<Installed[]> {
  const installing = installingIn(project, how);
  const wanted = names.length === 0 ? pluginNames(project) : names;
  if (names.length === 0) await installNpmPackages(installing);
  const found = await Promise.all(wanted.map((name) => pythonOf(project, name, where, names.length > 0)));
  const sources = new Map(found.flatMap((each) => (each === undefined ? [] : [[each.name, each]])));
  const made: Installed[] = [];
  for (const source of sources.values()) {
    if (findEnvironment(project.folder, source) !== undefined) continue;
    const known = lockedOf(project.folder, source);
    if (known !== undefined) writeLock(project.folder, source.name, known);
    // Another plugin of the same packages may have created it.
    const isThere = findEnvironment(project.folder, source) !== undefined;
    const locked = known !== undefined && isThere ? known : (await makeEnvironment(source, known, installing)).locked;
    writeLock(project.folder, source.name, locked);
    made.push(installedPython(source, locked));
  }
  sweepEnvironments(project.folder);
  return made;
}

/** Its own lock, or that of another plugin of the same packages. */
function lockedOf(folder: string, { name, pip, python }: PythonSource): LockedPlugin | undefined {
  const lock = readLock(folder);
  if (lock[name]?.pip === pip) return lock[name];
  return python === undefined ? Object.values(lock).find((each) => each.pip === pip) : undefined;
}

/** The packages of a Python plugin, or those that a utility declares. A utility that nobody asked for by name may be missing or not set up. */
async function pythonOf(project: Project, name: string, where: WhereToLook, isAsked: boolean): Promise<PythonSource | undefined> {
  const own = pythonSourceOf(project, name);
  if (own !== undefined || (kindOf(project.parsed, name) ?? "utility") !== "utility") return own;
  try {
    return await packagesToInstall(project, name, where);
  } catch (error) {
    if (!isAsked && error instanceof TaplineError) return undefined;
    throw error;
  }
}
