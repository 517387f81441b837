/**
 * Plugins from npm: packages whose package.json has `"tapline": {"plugin": "tap-x"}`. There is no other list of them: the project's
 * package.json names the packages, and npm's lock their versions.
 */

import { existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Project } from "../model/project.ts";
import { kindOf } from "../project/plugin-entry.ts";
import { checkPluginName, pluginNames } from "../project/project.ts";
import { binFoldersAbove, tryExecutable } from "./executable.ts";
import { type Manifest, packageFolderOf, readManifest } from "./package-folder.ts";
import { isPluginName } from "./plugin-name.ts";

export interface NpmPlugin {
  plugin: string;
  package: string;
  version: string;
  /** It is a link to a folder of this machine. */
  isLinked: boolean;
}

/** Plugins that are in the project's package.json and installed. */
export function npmPlugins(folder: string): NpmPlugin[] {
  return Object.keys(dependencies(folder)).flatMap((name) => {
    const found = installedFolder(folder, name);
    return found === undefined ? [] : (npmPluginIn(found) ?? []);
  });
}

/**
 * The plugin that is installed under `wanted`, which is its own name or that of its package: in node_modules of the project and of the
 * folders above it, beside `binFolders`, and where PATH leads into a node_modules. undefined: it is not installed.
 */
export function findNpmPlugin(project: Project, wanted: string, binFolders: readonly string[] = []): NpmPlugin | undefined {
  const path = (project.processEnv.PATH ?? "").split(delimiter).filter((folder) => folder.endsWith("/node_modules/.bin"));
  const found = [...binFoldersAbove(project.folder), ...binFolders, ...path]
    .flatMap((folder) => candidatesIn(folder, wanted))
    .map(npmPluginIn)
    .find((each) => each !== undefined);
  if (found === undefined) return undefined;
  const program = { name: found.plugin, base: found.plugin, entry: {} };
  return tryExecutable(project, program, binFolders) === undefined ? undefined : found;
}

/** The names of all plugins that are installed as packages: in node_modules of the project and above it, and beside `binFolders`. */
export function installedPlugins(project: Project, binFolders: readonly string[] = []): string[] {
  const programs = [...binFoldersAbove(project.folder), ...binFolders].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
  );
  const plugins = programs
    .filter((path) => /\/(tap|target)-[^/]+$/.test(path))
    .filter((path) => pluginIn(readManifest(packageOf(path) ?? "")) === basename(path));
  return [...new Set(plugins.map((path) => basename(path)))].sort();
}

export function pluginIn(manifest: Manifest | undefined): string | undefined {
  const name = manifest?.tapline?.plugin;
  return typeof name === "string" && isPluginName(name) ? name : undefined;
}

export function dependencies(folder: string): Record<string, string> {
  const { dependencies: own, devDependencies } = readManifest(folder) ?? {};
  return { ...devDependencies, ...own };
}

/** Folders of packages, the ones that win first. Anybody can take an unscoped name, so ours come before it. */
function candidatesIn(binFolder: string, wanted: string): string[] {
  const modules = dirname(binFolder);
  if (wanted.startsWith("@")) return [join(modules, wanted)];
  const programs = [`tapline-${wanted}`, wanted].flatMap((program) => packageOf(join(binFolder, program)) ?? []);
  const named = programs.filter((folder) => pluginIn(readManifest(folder)) === wanted);
  return [join(modules, "@tapline", wanted), join(modules, wanted), ...named];
}

/** The folder of the package that a link in node_modules/.bin leads to. */
function packageOf(program: string): string | undefined {
  try {
    return packageFolderOf(dirname(realpathSync(program)));
  } catch {
    return undefined;
  }
}

function npmPluginIn(folder: string): NpmPlugin | undefined {
  const manifest = readManifest(folder);
  const plugin = pluginIn(manifest);
  if (plugin === undefined) return undefined;
  return {
    plugin,
    package: String(manifest?.name),
    version: String(manifest?.version ?? ""),
    isLinked: lstatSync(folder).isSymbolicLink(),
  };
}

function installedFolder(from: string, name: string): string | undefined {
  const path = join(from, "node_modules", name);
  if (existsSync(join(path, "package.json"))) return path;
  const above = dirname(from);
  return above === from ? undefined : installedFolder(above, name);
}

/** Returns the name if the project has such a plugin, or one is installed that has no entry yet. @throws plugin_unknown */
export function checkInstalledName(project: Project, name: string, binFolders: readonly string[] = []): string {
  if (pluginNames(project).includes(name)) return name;
  const isPlugin = findNpmPlugin(project, name, binFolders)?.plugin === name;
  // Any program in PATH could be called so; only the name shows that it is a plugin.
  const isNamedSo = kindOf(project.parsed, name) !== undefined;
  if (isPlugin || (isNamedSo && tryExecutable(project, { name, base: name, entry: {} }, binFolders) !== undefined)) return name;
  return checkPluginName(project, name);
}
