/** Lists the plugins of a project, where each comes from, and whether it is installed. */

import { TaplineError } from "@tapline/protocol";
import type { Plugin } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import { findExecutable } from "../plugins/executable.ts";
import { readLock } from "../plugins/plugin-lock.ts";
import { definitionOf, pythonSourceOf, withDefinition } from "../plugins/source.ts";
import { entryOf } from "../project/plugin-entry.ts";
import { pluginNames } from "../project/project.ts";
import { type Installed, installedPython } from "./installed.ts";
import { npmPlugins } from "./npm-packages.ts";

export interface ListedPlugin extends Installed {
  isInstalled: boolean;
}

/** The plugins in tapline.yml, and the npm plugins in package.json. */
export function listPlugins(project: Project, binFolders: readonly string[] = []): ListedPlugin[] {
  const fromNpm = npmPlugins(project.folder);
  const names = [...new Set([...pluginNames(project), ...fromNpm.map(({ plugin }) => plugin)])].sort();
  return names.map((name) => {
    const { entry: own, chain } = entryOf(project.parsed, name);
    const base = chain.at(-1) ?? name;
    const entry = withDefinition(own, definitionOf(project, name));
    const python = pythonSourceOf(project, name);
    const path = pathOf(project, { name, base, entry }, binFolders);
    const isInstalled = path !== undefined;
    if (python !== undefined) {
      const locked = readLock(project.folder)[python.name];
      const version = locked === undefined ? undefined : installedPython(python, locked).version;
      return { name, source: `pip ${python.pip}`, version, isInstalled };
    }
    const npm = entry.executable === undefined ? fromNpm.find(({ plugin }) => plugin === base) : undefined;
    if (npm !== undefined)
      return { name, source: `npm ${npm.package}${npm.isLinked ? " (linked)" : ""}`, version: npm.version, isInstalled };
    return { name, source: path ?? entry.executable ?? "", version: undefined, isInstalled };
  });
}

function pathOf(project: Project, plugin: Pick<Plugin, "name" | "base" | "entry">, binFolders: readonly string[]): string | undefined {
  try {
    return findExecutable(project, plugin, binFolders).path;
  } catch (error) {
    if (error instanceof TaplineError) return undefined;
    throw error;
  }
}
