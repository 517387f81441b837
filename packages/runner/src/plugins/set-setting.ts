/** Writes one setting of a plugin to the project's file, once it fits what the plugin reports about its settings. */

import { didYouMean, type ReportedAbout, type SettingSchema } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { changeEntry } from "../project/edit-project.ts";
import { entryOf } from "../project/plugin-entry.ts";
import { valueProblems, withSetting } from "./setting-problems.ts";

export interface SettingChange {
  plugin: string;
  /** Keys and list indexes, such as ["files", "0", "path"]. */
  path: readonly string[];
  value: unknown;
  /** The environment that it is for. Default: all. */
  environment: string | undefined;
}

/** Returns the path of the changed file. `about` null: the plugin reports nothing, so any value is taken. @throws setting_unknown, settings_invalid, what `changeEntry` throws */
export async function setSetting(project: Project, change: SettingChange, about: ReportedAbout | null): Promise<string> {
  const { plugin, path, value, environment } = change;
  checkSettingPath(plugin, path, about?.settings);
  const config = entryOf(project.parsed, plugin, environment).entry.config ?? {};
  const problems = await valueProblems(about, withSetting(config, path, value) as Record<string, unknown>, path);
  if (problems.length > 0) throw errors.settings_invalid({ plugin, problems: problems.map((each) => `${plugin}.${each}`) });
  return changeEntry(project, { plugin, path: ["config", ...path], value, environment });
}

/** Refuses a name that is close to a known one, as a slip. Other unknown names pass: a plugin may have settings that it does not list. */
function checkSettingPath(plugin: string, path: readonly string[], schema: SettingSchema | undefined): void {
  let node = schema;
  for (const [index, name] of path.entries()) {
    const properties = node?.properties;
    const known = Object.keys(properties ?? {});
    const meant = known.includes(name) ? undefined : didYouMean(name, known);
    if (meant !== undefined || name === "")
      throw errors.setting_unknown({
        plugin,
        name: path.slice(0, index + 1).join("."),
        meant: meant === undefined ? undefined : [...path.slice(0, index), meant].join("."),
      });
    node = /^\d+$/.test(name) && node?.items !== undefined ? node.items : properties?.[name];
  }
}
