/** Installs what a project names, and removes plugins. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { errors } from "../errors.ts";
import { editText } from "../project/edit-file.ts";
import { entryOf } from "../project/plugin-entry.ts";
import { type Project, pluginNames } from "../project/project.ts";
import type { ParsedFile } from "../project/project-file.ts";
import { type How, type Installed, installedPython } from "./installed.ts";
import { installNpmPackages, npmPlugins, removeNpmPackage } from "./npm-packages.ts";
import { readLock, writeLock } from "./plugin-lock.ts";
import { findEnvironment, makeEnvironment, sweepEnvironments } from "./python-environment.ts";
import { pythonSourceOf } from "./source.ts";

/** What the project names and is not there, exactly as it is locked; what is not locked yet gets locked. */
export async function installPlugins(project: Project, names: readonly string[], how: How): Promise<Installed[]> {
  const installing = { ...how, folder: project.folder };
  const wanted = names.length === 0 ? pluginNames(project) : names;
  if (names.length === 0) await installNpmPackages(installing);
  const sources = new Map(
    wanted.map((name) => pythonSourceOf(project, name)).flatMap((each) => (each === undefined ? [] : [[each.name, each]])),
  );
  const made: Installed[] = [];
  for (const source of sources.values()) {
    if (findEnvironment(project.folder, source) !== undefined) continue;
    const locked = readLock(project.folder)[source.name];
    const environment = await makeEnvironment(source, locked?.pip === source.pip ? locked : undefined, installing);
    writeLock(project.folder, source.name, environment.locked);
    made.push(installedPython(source, environment.locked));
  }
  sweepEnvironments(project.folder);
  return made;
}

/** Its entry goes with its package; state and history stay. @throws plugin_in_use, plugin_unknown */
export async function removePlugin(project: Project, name: string, how: How): Promise<void> {
  const installing = { ...how, folder: project.folder };
  const found = npmPlugins(project.folder).find(({ plugin }) => plugin === name);
  const isDeclared = Object.hasOwn(project.parsed.file.plugins ?? {}, name);
  if (!isDeclared && found === undefined) throw errors.plugin_unknown({ name, known: pluginNames(project) });
  const heirs = pluginNames(project).filter((each) => each !== name && entryOf(project.parsed, each).chain.includes(name));
  if (heirs.length > 0) throw errors.plugin_in_use({ name, heirs });
  const source = pythonSourceOf(project, name);
  const environment = source === undefined ? undefined : findEnvironment(project.folder, source);
  if (found !== undefined) await removeNpmPackage(found.package, installing);
  for (const file of project.parsed.files) takeOut(file, name);
  if (source?.name !== name) return;
  const locked = readLock(project.folder)[name];
  writeLock(project.folder, name, undefined);
  const isShared = Object.values(readLock(project.folder)).some((each) => isDeepStrictEqual(each, locked));
  if (environment !== undefined && !isShared) rmSync(environment, { recursive: true, force: true });
}

/** From the plugins and from what environments change of them. */
function takeOut({ path, file }: ParsedFile, name: string): void {
  const places = [[], ...Object.keys(file.environments ?? {}).map((environment) => ["environments", environment])];
  const text = readFileSync(path, "utf8");
  const edited = places.reduce((before, place) => editText(before, [...place, "plugins", name], undefined), text);
  if (edited !== text) writeFileSync(path, edited);
}
