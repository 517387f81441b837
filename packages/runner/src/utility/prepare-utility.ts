/** Gets a utility ready. A tapline utility reports what it needs, and gets the plugins that its settings name. */

import { resolve } from "node:path";
import { capabilities, hasCapability, type Redact, type ReportedAbout } from "@tapline/protocol";
import type { Executable, Plugin, PythonSource } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import { createRedactor } from "../model/secrets.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { aboutOf } from "../plugins/about-cache.ts";
import { declaredPackages, isTaplineUtility } from "../plugins/declared-packages.ts";
import { findExecutable } from "../plugins/executable.ts";
import { withMeltanoVariables } from "../plugins/meltano-plugin.ts";
import { preparePlugin } from "../plugins/prepare.ts";
import { pluginOf } from "../plugins/resolve-plugin.ts";
import { checkPluginName } from "../project/project.ts";

export interface ReadyUtility {
  kind: "utility";
  plugin: Plugin;
  executable: Executable;
  args: readonly string[];
  environment: string;
  /** null: a foreign program, which gets its arguments and nothing else. */
  about: ReportedAbout | null;
  /** The plugins that its settings name. */
  named: readonly ReadyPlugin[];
  /** The Python packages that it needs. */
  python: PythonSource | undefined;
  /** The files and folders it writes to, as absolute paths, that only one step may write to at a time; also those of the plugins it uses. */
  writesTo: readonly string[];
  redact: Redact;
}

export interface UtilityWords {
  name: string;
  args: readonly string[];
  environment: string;
  binFolders?: readonly string[] | undefined;
}

/** @throws as `preparePlugin`, plugin_unknown, packages_unknown */
export async function prepareUtility(project: Project, { name, args, environment, binFolders = [] }: UtilityWords): Promise<ReadyUtility> {
  const plugin = pluginOf(project, name, environment);
  const executable = findExecutable(project, plugin, binFolders);
  const about = isTaplineUtility(executable) ? await aboutOf(project, plugin, executable) : null;
  const named = takesContext(about) ? await namedPlugins(project, { plugin, about }, { environment, binFolders }) : [];
  const writers = [{ plugin, about }, ...named];
  return {
    kind: "utility",
    plugin: withMeltanoVariables(project, plugin, environment, executable),
    executable,
    args,
    environment,
    about,
    named,
    python: declaredPackages(project, plugin, about?.python, environment),
    writesTo: writers.flatMap((each) => singleWriterPath(each, project.folder) ?? []),
    redact: createRedactor(writers),
  };
}

export function takesContext(about: ReportedAbout | null): boolean {
  return hasCapability(about, capabilities.runContext);
}

/** The file or folder that only one step may write to at a time, as an absolute path; null: several steps may write at once. */
export function singleWriterPath({ plugin, about }: Pick<ReadyPlugin, "plugin" | "about">, folder: string): string | null {
  const setting = about?.single_writer?.setting ?? "";
  const value = plugin.config[setting] ?? about?.settings?.properties?.[setting]?.default;
  return typeof value === "string" ? resolve(folder, value) : null;
}

/** The plugins that its settings name: those whose schema in `--about` has `plugin`. */
function namedPlugins(
  project: Project,
  { plugin, about }: Pick<ReadyPlugin, "plugin" | "about">,
  options: { environment: string; binFolders: readonly string[] },
): Promise<ReadyPlugin[]> {
  const names = Object.entries(about?.settings?.properties ?? {}).flatMap(([setting, node]) => {
    const value = plugin.config[setting];
    return node.plugin === undefined || typeof value !== "string" ? [] : [checkPluginName(project, value)];
  });
  return Promise.all(names.map((name) => preparePlugin(project, name, options)));
}
