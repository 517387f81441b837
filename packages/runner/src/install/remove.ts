/** Removes a plugin from a project: its entry, and what was installed for this entry alone. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { errors } from "../errors.ts";
import type { ParsedFile, Project } from "../model/project.ts";
import type { NpmPlugin } from "../plugins/npm-plugins.ts";
import { addedPackages, readLock, writeLock } from "../plugins/plugin-lock.ts";
import { findEnvironment } from "../plugins/python-environment.ts";
import { pythonSourceOf } from "../plugins/source.ts";
import { editText } from "../project/edit-file.ts";
import { refuseMeltano } from "../project/edit-project.ts";
import { basesOf, entryOf } from "../project/plugin-entry.ts";
import { pluginNames } from "../project/project.ts";
import { type How, installingIn } from "./installed.ts";
import { npmPluginOf } from "./list.ts";
import { removeNpmPackage } from "./npm-packages.ts";

/** What was left installed, and why. */
export interface Kept {
  what: string;
  why: string;
}

/** State and history stay. undefined: nothing that it used was left. @throws plugin_in_use, plugin_unknown, what npm throws */
export async function removePlugin(project: Project, name: string, how: How): Promise<Kept | undefined> {
  refuseMeltano(project);
  const known = pluginNames(project);
  const npm = npmPluginOf(project, name);
  const isLeftover = npm !== undefined && addedPackages(project.folder).includes(npm.package);
  if (!known.includes(name) && !isLeftover) throw errors.plugin_unknown({ name, known });
  const others = known.filter((each) => each !== name);
  const heirs = others.filter((each) => basesOf(project.parsed, each).has(name));
  if (heirs.length > 0) throw errors.plugin_in_use({ name, heirs });
  const source = pythonSourceOf(project, name);
  const environment = source?.name === name ? findEnvironment(project.folder, source) : undefined;
  const kept = npm === undefined ? undefined : keptPackage(project, npm, others);
  if (npm !== undefined && kept === undefined) await removeNpmPackage(npm.package, installingIn(project, how));
  for (const file of project.parsed.files) deleteEntry(file, name);
  for (const key of Object.keys(readLock(project.folder))) if (key.startsWith(`${name}/`)) writeLock(project.folder, key, undefined);
  if (source?.name !== name) return kept;
  return removeEnvironment(project, { name, environment }, others) ?? kept;
}

function keptPackage(project: Project, { package: what, plugin }: NpmPlugin, others: readonly string[]): Kept | undefined {
  const user = others.find((each) => {
    const { executable } = entryOf(project.parsed, each).entry;
    return npmPluginOf(project, each)?.package === what || executable === plugin || executable?.endsWith(`/.bin/${plugin}`);
  });
  if (user !== undefined) return { what, why: `${user} uses it` };
  return addedPackages(project.folder).includes(what) ? undefined : { what, why: "package.json had it before tapline added the plugin" };
}

function removeEnvironment(
  project: Project,
  { name, environment }: { name: string; environment: string | undefined },
  others: readonly string[],
): Kept | undefined {
  const { [name]: locked, ...rest } = readLock(project.folder);
  writeLock(project.folder, name, undefined);
  if (environment === undefined) return undefined;
  const [twin] = Object.entries(rest).find(([, each]) => isDeepStrictEqual(each, locked)) ?? [];
  const user = twin ?? others.find((each) => isBelow(environment, project, entryOf(project.parsed, each).entry.executable));
  if (user !== undefined) return { what: relative(project.folder, environment), why: `${user} uses it` };
  rmSync(environment, { recursive: true, force: true });
  return undefined;
}

function isBelow(folder: string, project: Project, executable: string | undefined): boolean {
  return executable?.includes("/") === true && resolve(project.folder, executable).startsWith(`${folder}/`);
}

/** Deletes its entry, and its entries in environments. */
function deleteEntry({ path, file }: ParsedFile, name: string): void {
  const places = [[], ...Object.keys(file.environments ?? {}).map((environment) => ["environments", environment])];
  const text = readFileSync(path, "utf8");
  const edited = places.reduce((before, place) => editText(before, [...place, "plugins", name], undefined), text);
  if (edited !== text) writeFileSync(path, edited);
}
