/** Which target of the project shows its rows, where a command may leave its name out. Pure. */
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { kindOf } from "../project/plugin-entry.ts";
import { checkPluginName, pluginNames } from "../project/project.ts";

/** The named one, else the only one. @throws plugin_unknown, target_missing, target_not_chosen */
export function chooseTarget(project: Project, named: string | undefined): string {
  if (named !== undefined) return checkPluginName(project, named);
  const [only, ...others] = targetsOf(project);
  if (only === undefined) throw errors.target_missing({});
  if (others.length > 0) throw errors.target_not_chosen({ targets: [only, ...others] });
  return only;
}

export function targetsOf(project: Project): string[] {
  return pluginNames(project).filter((name) => kindOf(project.parsed, name) === "target");
}
