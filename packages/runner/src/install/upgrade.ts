/**
 * Upgrades a plugin to the newest version that tapline.yml or npm's tag latest allows, or to the version that is asked for. A
 * requirement that fixes one version is changed only when a person asks for another.
 */

import { errors } from "../errors.ts";
import type { PythonSource } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import { writeLock } from "../plugins/plugin-lock.ts";
import { readRequirements } from "../plugins/plugin-name.ts";
import { findEnvironment } from "../plugins/python-environment.ts";
import { pythonSourceOf } from "../plugins/source.ts";
import { changeEntry } from "../project/edit-project.ts";
import { type How, type Installed, installedPython, installingIn } from "./installed.ts";
import { npmPluginOf } from "./list.ts";
import { upgradeNpmPackage } from "./npm-packages.ts";
import type { Installing } from "./program.ts";
import { makeEnvironment, type PythonEnvironment, retireEnvironment, sweepEnvironments } from "./python-environment.ts";
import { isPinned, withVersion } from "./requirement-version.ts";

export interface Upgraded extends Installed {
  /** The requirement that fixes the version and so prevented an upgrade; undefined: there is none, or `to` was given. */
  pinnedBy: string | undefined;
}

export interface UpgradeOptions {
  name: string;
  /** A version. Default: the newest. */
  to?: string | undefined;
}

/** Its dependencies are upgraded too. @throws plugin_without_source, version_not_chosen, source_invalid, what installing throws */
export async function upgradePlugin(project: Project, { name, to }: UpgradeOptions, how: How): Promise<Upgraded> {
  const installing = installingIn(project, how);
  const source = pythonSourceOf(project, name);
  if (source !== undefined) return { ...(await upgradePython(project, source, to, installing)), name };
  const found = npmPluginOf(project, name);
  if (found === undefined) throw errors.plugin_without_source({ name });
  if (found.isLinked && to !== undefined) throw errors.version_not_chosen({ name, source: `a folder (npm ${found.package})` });
  const upgraded = found.isLinked ? found : await upgradeNpmPackage(found, to, installing);
  return { name, source: `npm ${upgraded.package}`, version: upgraded.version, pinnedBy: undefined };
}

async function upgradePython(project: Project, source: PythonSource, to: string | undefined, how: Installing): Promise<Upgraded> {
  const [first, ...others] = readRequirements(source.pip);
  if (to === undefined) {
    const { locked } = await replaceEnvironment(source, source, how);
    return { ...installedPython(source, locked), pinnedBy: first !== undefined && isPinned(first) ? first.text : undefined };
  }
  if (first?.kind !== "package") throw errors.version_not_chosen({ name: source.name, source: source.pip });
  const pip = [withVersion(first, to), ...others.map(({ text }) => text)].join(" ");
  const { locked } = await replaceEnvironment(source, { ...source, pip }, how);
  changeEntry(project, { plugin: source.name, path: ["pip"], value: pip });
  return { ...installedPython({ ...source, pip }, locked), pinnedBy: undefined };
}

async function replaceEnvironment(before: PythonSource, source: PythonSource, how: Installing): Promise<PythonEnvironment> {
  const old = findEnvironment(how.folder, before);
  const environment = await makeEnvironment(source, undefined, how);
  writeLock(how.folder, source.name, environment.locked);
  retireEnvironment(old);
  sweepEnvironments(how.folder);
  return environment;
}
