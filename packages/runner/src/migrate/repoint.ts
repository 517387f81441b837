/** Points the programs of a project that work on one side, such as dbt, to a target of the other: their setting `target`. */
import type { Project } from "../model/project.ts";
import { changeEntry } from "../project/edit-project.ts";
import { entryOf, kindOf } from "../project/plugin-entry.ts";
import { checkPluginName, pluginNames } from "../project/project.ts";

/** The utilities whose setting `target` names it. A plugin such as dbt need not say that it is one. */
export function readersOf(project: Project, target: string, environment: string): string[] {
  return pluginNames(project).filter(
    (name) =>
      (kindOf(project.parsed, name) ?? "utility") === "utility" &&
      entryOf(project.parsed, name, environment).entry.config?.target === target,
  );
}

/** Writes tapline.yml. @returns the names that were changed. @throws plugin_unknown, edit_impossible */
export function repoint(project: Project, { from, to, environment }: { from: string; to: string; environment: string }): string[] {
  checkPluginName(project, to);
  const readers = readersOf(project, from, environment);
  for (const plugin of readers) {
    const inEnvironment = project.parsed.file.environments?.[environment]?.plugins?.[plugin]?.config?.target === from;
    changeEntry(project, { plugin, path: ["config", "target"], value: to, environment: inEnvironment ? environment : undefined });
  }
  return readers;
}
