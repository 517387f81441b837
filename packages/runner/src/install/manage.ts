/** Installs the plugins of a project, and removes plugins. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { PythonSource } from "../model/plugin.ts";
import type { ParsedFile, Project } from "../model/project.ts";
import { packagesToInstall } from "../plugins/declared-packages.ts";
import { type LockedPlugin, readLock, writeLock } from "../plugins/plugin-lock.ts";
import { findEnvironment } from "../plugins/python-environment.ts";
import { pythonSourceOf } from "../plugins/source.ts";
import { editText } from "../project/edit-file.ts";
import { entryOf, kindOf } from "../project/plugin-entry.ts";
import { pluginNames } from "../project/project.ts";
import { type How, type Installed, installedPython, installingIn } from "./installed.ts";
import { installNpmPackages, npmPlugins, removeNpmPackage } from "./npm-packages.ts";
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

/** Deletes its package and its entry. State and history stay. @throws plugin_in_use, plugin_unknown */
export async function removePlugin(project: Project, name: string, how: How): Promise<void> {
  const installing = installingIn(project, how);
  const found = npmPlugins(project.folder).find(({ plugin }) => plugin === name);
  const isDeclared = Object.hasOwn(project.parsed.file.plugins ?? {}, name);
  if (!isDeclared && found === undefined) throw errors.plugin_unknown({ name, known: pluginNames(project) });
  const heirs = pluginNames(project).filter((each) => each !== name && entryOf(project.parsed, each).chain.includes(name));
  if (heirs.length > 0) throw errors.plugin_in_use({ name, heirs });
  const source = pythonSourceOf(project, name);
  const environment = source === undefined ? undefined : findEnvironment(project.folder, source);
  if (found !== undefined) await removeNpmPackage(found.package, installing);
  for (const file of project.parsed.files) deleteEntry(file, name);
  for (const key of Object.keys(readLock(project.folder))) if (key.startsWith(`${name}/`)) writeLock(project.folder, key, undefined);
  if (source?.name !== name) return;
  const locked = readLock(project.folder)[name];
  writeLock(project.folder, name, undefined);
  const isShared = Object.values(readLock(project.folder)).some((each) => isDeepStrictEqual(each, locked));
  if (environment !== undefined && !isShared) rmSync(environment, { recursive: true, force: true });
}

/** Deletes its entry, and its entries in environments. */
function deleteEntry({ path, file }: ParsedFile, name: string): void {
  const places = [[], ...Object.keys(file.environments ?? {}).map((environment) => ["environments", environment])];
  const text = readFileSync(path, "utf8");
  const edited = places.reduce((before, place) => editText(before, [...place, "plugins", name], undefined), text);
  if (edited !== text) writeFileSync(path, edited);
}
