/** Finds the program of a plugin. It is never started through a shell; JavaScript is run by the Node that runs tapline. */

import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { didYouMean, TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Executable, Plugin } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import { pluginNames } from "../project/project.ts";
import { meltanoEnvironment } from "./meltano-plugin.ts";
import { isPluginName } from "./plugin-name.ts";
import { findEnvironment } from "./python-environment.ts";
import { pythonSourceOf } from "./source.ts";

/**
 * Looks for a Python plugin in its environment, for others at `executable`, in node_modules/.bin from the project upward, in
 * `binFolders`, in PATH, and for what `executable` names also beside tapline.yml. A program `tapline-NAME` comes before one that is called NAME: the plugin dbt is not dbt itself, it runs
 * dbt. @throws plugin_name_invalid, plugin_not_found, plugin_not_installed
 */
export function findExecutable(
  project: Project,
  plugin: Pick<Plugin, "name" | "base" | "entry">,
  binFolders: readonly string[] = [],
): Executable {
  const { name } = plugin;
  if (!isPluginName(name)) throw errors.plugin_name_invalid({ name });
  const wanted = plugin.entry.executable ?? plugin.base;
  const isNamed = plugin.entry.executable !== undefined;
  for (const candidate of candidatesFor(project, { name, wanted, isNamed }, binFolders)) {
    const found = readExecutable(candidate);
    if (found !== undefined) return found;
  }
  const others = pluginNames(project).filter((known) => known !== name);
  // Where an executable is set, the name of the plugin is no slip.
  const meant = isNamed ? undefined : didYouMean(name, others);
  const place = project.parsed.locate(["plugins", name]);
  const position = place.line === undefined ? {} : { file: project.path, ...place };
  throw errors.plugin_not_found({ name, executable: wanted, meant }, position);
}

/** undefined: it is not installed. */
export function tryExecutable(...wanted: Parameters<typeof findExecutable>): Executable | undefined {
  try {
    return findExecutable(...wanted);
  } catch (error) {
    if (error instanceof TaplineError) return undefined;
    throw error;
  }
}

interface Wanted {
  name: string;
  wanted: string;
  /** `wanted` is set in tapline.yml. */
  isNamed: boolean;
}

function candidatesFor(project: Project, { name, wanted, isNamed }: Wanted, binFolders: readonly string[]): string[] {
  if (isAbsolute(wanted) || wanted.includes("/")) return [resolve(project.folder, wanted)];
  const python = pythonSourceOf(project, name);
  if (python !== undefined) {
    const environment = findEnvironment(project.folder, python) ?? meltanoEnvironment(project, name);
    if (environment === undefined) throw errors.plugin_not_installed({ name, pip: python.pip });
    return [join(environment, "bin", wanted)];
  }
  const path = (project.processEnv.PATH ?? "").split(delimiter).filter(isAbsolute);
  const programs = isNamed ? [wanted] : [`tapline-${wanted}`, wanted];
  const folders = [...binFoldersAbove(project.folder), ...binFolders, ...path];
  const inFolders = programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  return isNamed ? [...inFolders, join(project.folder, wanted)] : inFolders;
}

/** node_modules/.bin of the folder and of each folder above it. */
export function binFoldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return [join(folder, "node_modules", ".bin"), ...(above === folder ? [] : binFoldersAbove(above))];
}

function readExecutable(path: string): Executable | undefined {
  let real: string;
  try {
    real = realpathSync(path);
    if (!statSync(real).isFile()) return undefined;
    if (isJavaScript(real)) return { command: process.execPath, leadingArgs: [real], path };
    accessSync(real, constants.X_OK);
  } catch {
    return undefined;
  }
  return { command: path, leadingArgs: [], path };
}

function isJavaScript(path: string): boolean {
  const start = Buffer.alloc(128);
  const file = openSync(path, "r");
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  const shebang = /^#!([^\n]*)/.exec(start.toString("latin1"))?.[1];
  return shebang === undefined ? /\.[cm]?js$/.test(path) : /\bnode\s*$/.test(shebang);
}
