/** Checks which plugin, in which environment, a command changes in the project file. */
import { checkInstalledName, environmentOf, openProject, type Project } from "@tapline/runner";
import { ownBinFolders } from "./plugin-folders.ts";

export interface EntryChoice {
  project: Project;
  plugin: string;
  /** undefined: the plugin's own entry. */
  environment: string | undefined;
}

/** An installed plugin needs no entry: the first change writes it. @throws plugin_unknown, environment_unknown and what `openProject` throws */
export function chooseEntry(plugin: string, environment: string | undefined): EntryChoice {
  const project = openProject(process.cwd());
  return {
    project,
    plugin: checkInstalledName(project, plugin, ownBinFolders),
    environment: environment === undefined ? undefined : environmentOf(project, environment),
  };
}
