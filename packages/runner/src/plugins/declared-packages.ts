/** Python packages that a plugin of ours declares in `--about`, such as dbt and its adapter: made into an environment like any Python plugin's. */

import type { PythonPackages } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Executable, Plugin, PythonSource } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import { entryOf } from "../project/plugin-entry.ts";
import { environmentOf } from "../project/project.ts";
import { aboutOf } from "./about-cache.ts";
import { findExecutable } from "./executable.ts";

/** Such a program is one of ours: it may be asked without fear that it starts working. */
export function isUtilityOfOurs({ path }: Executable): boolean {
  return /\/tapline-[^/]+$/.test(path);
}

/** undefined: it declares none, or works with a program of the user's own. @throws packages_unknown */
export function declaredPackages(
  project: Project,
  plugin: Pick<Plugin, "name" | "config" | "entry">,
  need: PythonPackages | undefined,
): PythonSource | undefined {
  if (need === undefined || plugin.config[need.unless] !== undefined) return undefined;
  const named = plugin.config[need.setting];
  if (typeof named !== "string") throw errors.packages_unknown({ ...need, name: plugin.name, value: undefined });
  const base = entryOf(project.parsed, named).chain.at(-1) ?? named;
  const packages = Object.hasOwn(need.packages, base) ? need.packages[base] : undefined;
  if (packages === undefined) throw errors.packages_unknown({ ...need, name: plugin.name, value: named });
  // Another target in another environment is another set of packages: each has a place of its own in the lock.
  return { name: `${plugin.name}/${base}`, pip: packages.join(" "), python: plugin.entry.python };
}

/** Without any reference of its settings being followed: what is installed needs no secrets. @throws what `declaredPackages` throws */
export async function packagesToInstall(
  project: Project,
  name: string,
  { environment, binFolders }: { environment?: string | undefined; binFolders?: readonly string[] },
): Promise<PythonSource | undefined> {
  const { entry, chain } = entryOf(project.parsed, name, environmentOf(project, environment));
  const base = chain.at(-1) ?? name;
  const executable = findExecutable(project, { name, base, entry }, binFolders);
  if (!isUtilityOfOurs(executable)) return undefined;
  const plugin: Plugin = { name, base, kind: "utility", entry, config: entry.config ?? {}, env: {}, usedVariables: new Map(), fetched: [] };
  return declaredPackages(project, plugin, (await aboutOf(project, plugin, executable))?.python);
}
