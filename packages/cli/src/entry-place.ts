/** Which plugin of which environment a command changes in the project file. */
import { checkPluginName, environmentOf, openProject, type Project } from "@tapline/runner";

export interface EntryPlace {
  project: Project;
  plugin: string;
  /** undefined: the plugin's own entry. */
  environment: string | undefined;
}

/** @throws plugin_unknown, environment_unknown and what `openProject` throws */
export function entryPlace(plugin: string, environment: string | undefined): EntryPlace {
  const project = openProject(process.cwd());
  return {
    project,
    plugin: checkPluginName(project, plugin),
    environment: environment === undefined ? undefined : environmentOf(project, environment),
  };
}
