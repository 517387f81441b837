/** Lists the plugins of a project, where each comes from, and whether it is installed. */

import type { Project } from "../model/project.ts";
import { tryExecutable } from "../plugins/executable.ts";
import { findNpmPlugin, type NpmPlugin, npmPlugins } from "../plugins/npm-plugins.ts";
import { readLock } from "../plugins/plugin-lock.ts";
import { definitionOf, pythonSourceOf, withDefinition } from "../plugins/source.ts";
import { entryOf } from "../project/plugin-entry.ts";
import { environmentOf, pluginNames } from "../project/project.ts";
import { type Installed, installedPython } from "./installed.ts";

export interface ListedPlugin extends Installed {
  isInstalled: boolean;
}

/** The npm package in the project's package.json that an entry uses; undefined: it uses none. */
export function npmPluginOf(project: Project, name: string): NpmPlugin | undefined {
  const { entry, chain } = entryOf(project.parsed, name, environmentOf(project));
  if (entry.executable !== undefined || pythonSourceOf(project, name) !== undefined || entry.definition !== undefined) return undefined;
  return npmPlugins(project.folder).find(({ plugin }) => plugin === chain.at(-1));
}

/** The plugins in tapline.yml, and the npm plugins in package.json. */
export function listPlugins(project: Project, binFolders: readonly string[] = []): ListedPlugin[] {
  const fromNpm = npmPlugins(project.folder);
  const names = [...new Set([...pluginNames(project), ...fromNpm.map(({ plugin }) => plugin)])].sort();
  return names.map((name) => {
    const { entry: own, chain } = entryOf(project.parsed, name, environmentOf(project));
    const base = chain.at(-1) ?? name;
    const entry = withDefinition(own, definitionOf(project, name));
    const python = pythonSourceOf(project, name);
    const path = tryExecutable(project, { name, base, entry }, binFolders)?.path;
    const isInstalled = path !== undefined;
    if (python !== undefined) {
      const locked = readLock(project.folder)[python.name];
      const version = locked === undefined ? undefined : installedPython(python, locked).version;
      return { name, source: `pip ${python.pip}`, version, isInstalled };
    }
    const isNpm = entry.executable === undefined;
    const npm = isNpm ? (fromNpm.find(({ plugin }) => plugin === base) ?? findNpmPlugin(project, base, binFolders)) : undefined;
    if (npm !== undefined)
      return { name, source: `npm ${npm.package}${npm.isLinked ? " (linked)" : ""}`, version: npm.version, isInstalled };
    return { name, source: path ?? entry.executable ?? "", version: undefined, isInstalled };
  });
}
