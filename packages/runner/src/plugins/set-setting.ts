/** Writes one setting of a plugin to the project's file, once it fits what the plugin reports about its settings. */

import { didYouMean, isObject, type ReportedAbout, type SettingSchema } from "@tapline/protocol";
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

/** Returns the path of the changed file. `about` null: the plugin reports nothing, so any value is taken. @throws setting_unknown, setting_index_unknown, settings_invalid, what `changeEntry` throws */
export async function setSetting(project: Project, change: SettingChange, about: ReportedAbout | null): Promise<string> {
  const { plugin, path, value, environment } = change;
  const config = entryOf(project.parsed, plugin, environment).entry.config ?? {};
  checkSettingPath(plugin, path, about?.settings, config);
  const problems = await valueProblems(about, withSetting(config, path, value) as Record<string, unknown>, path);
  if (problems.length > 0) throw errors.settings_invalid({ plugin, problems: problems.map((each) => `${plugin}.${each}`) });
  return changeEntry(project, { plugin, path: ["config", ...path], value, environment });
}

/**
 * A name that the plugin does not list is refused, unless its schema lets other names in. A single name passes if it is not close to a
 * listed one: a plugin may have settings that it does not list.
 */
function checkSettingPath(plugin: string, path: readonly string[], schema: SettingSchema | undefined, config: unknown): void {
  let node = schema;
  let given = config;
  for (const [index, name] of path.entries()) {
    const above = path.slice(0, index);
    if (node?.items !== undefined && node.properties === undefined) {
      const count = Array.isArray(given) ? given.length : 0;
      // The position after the last is for a whole item.
      const last = index === path.length - 1 ? count : count - 1;
      if (!/^(0|[1-9]\d*)$/.test(name) || Number(name) > Math.max(last, 0))
        throw errors.setting_index_unknown({ plugin, list: above.join("."), name, count });
      node = node.items;
    } else {
      const known = Object.keys(node?.properties ?? {});
      const meant = known.includes(name) ? undefined : meantName(name, known, above);
      if (name === "" || meant !== undefined || !(known.includes(name) || path.length === 1 || isOpen(node)))
        throw errors.setting_unknown({ plugin, name: path.slice(0, index + 1).join("."), meant });
      node = node?.properties?.[name];
    }
    given = isObject(given) || Array.isArray(given) ? (given as Record<string, unknown>)[name] : undefined;
  }
}

function meantName(name: string, known: readonly string[], above: readonly string[]): string | undefined {
  const meant = didYouMean(name, known);
  return meant === undefined ? undefined : [...above, meant].join(".");
}

/** Whether it may have names that its schema does not list. One of these that is close to a listed name is refused all the same. */
function isOpen(node: SettingSchema | undefined): boolean {
  if (node?.properties === undefined) return node === undefined || takesNames(node);
  const { additionalProperties: others } = node;
  return node.patternProperties !== undefined || (others !== undefined && others !== false);
}

/** Its type is not known, or may be an object with any names. */
function takesNames({ type, anyOf }: SettingSchema): boolean {
  if (anyOf !== undefined) return anyOf.some(takesNames);
  return type === undefined || [type].flat().includes("object");
}
