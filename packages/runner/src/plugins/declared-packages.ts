/** Python packages that a plugin declares in `--about`, such as dbt and its adapter. They are installed like those of a Python plugin. */

import type { PythonPackages } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Executable, Plugin, PythonSource } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import { entryOf } from "../project/plugin-entry.ts";
import { environmentOf } from "../project/project.ts";
import { aboutOf } from "./about-cache.ts";
import { findExecutable } from "./executable.ts";
import { unresolvedPluginOf } from "./resolve-plugin.ts";

/** A program called `tapline-…` answers to `--about`; another program might ignore the flag and start to work. */
export function isTaplineUtility({ path }: Executable): boolean {
  return /\/tapline-[^/]+$/.test(path);
}

/** undefined: it declares none, or uses a program that the user installed. @throws packages_unknown */
export function declaredPackages(
  project: Project,
  plugin: Pick<Plugin, "name" | "config" | "entry">,
  need: PythonPackages | undefined,
  environment: string,
): PythonSource | undefined {
  if (need === undefined || plugin.config[need.unless] !== undefined) return undefined;
  const named = plugin.config[need.setting];
  if (typeof named !== "string") throw errors.packages_unknown({ ...need, name: plugin.name, value: undefined });
  const base = entryOf(project.parsed, named, environment).chain.at(-1) ?? named;
  const packages = Object.hasOwn(need.packages, base) ? need.packages[base] : undefined;
  if (packages === undefined) throw errors.packages_unknown({ ...need, name: plugin.name, value: named });
  // Environments may differ in the target, and so in the packages. Each set has its own key in the lock.
  return { name: `${plugin.name}/${base}`, pip: packages.join(" "), python: plugin.entry.python };
}

/** Does not resolve references in its settings, because no secret is needed to install. @throws what `declaredPackages` throws */
export async function packagesToInstall(
  project: Project,
  name: string,
  { binFolders, ...where }: { environment?: string | undefined; binFolders?: readonly string[] },
): Promise<PythonSource | undefined> {
  const environment = environmentOf(project, where.environment);
  const plugin = unresolvedPluginOf(project, name, environment);
  const executable = findExecutable(project, plugin, binFolders);
  if (!isTaplineUtility(executable)) return undefined;
  return declaredPackages(project, plugin, (await aboutOf(project, plugin, executable))?.python, environment);
}
