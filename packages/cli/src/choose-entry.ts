/** Checks which plugin, in which environment, a command changes in the project file. */
import { checkPluginName, environmentOf, openProject, type Project } from "@tapline/runner";

export interface EntryChoice {
  project: Project;
  plugin: string;
  /** undefined: the plugin's own entry. */
  environment: string | undefined;
}

/** @throws plugin_unknown, environment_unknown and what `openProject` throws */
export function chooseEntry(plugin: string, environment: string | undefined): EntryChoice {
  const project = openProject(process.cwd());
  return {
    project,
    plugin: checkPluginName(project, plugin),
    environment: environment === undefined ? undefined : environmentOf(project, environment),
  };
}
