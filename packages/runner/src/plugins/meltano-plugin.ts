/** What a plugin of a Meltano project is given besides its config: its settings as variables, and the environment that Meltano installed it in. */

import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { MeltanoPlugin } from "../model/meltano.ts";
import type { Executable, Plugin } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import { settingVariables } from "../project/meltano/plugin-variables.ts";
import { shapeConfig } from "./definition-config.ts";
import { definitionOf } from "./source.ts";

/** Its settings as variables; {} in a project of tapline.yml. @throws setting_invalid and what `definitionOf` throws */
export function meltanoVariables(project: Project, plugin: Plugin, environment: string): Record<string, string> {
  const facts = factsOf(project, plugin.name);
  if (facts === undefined) return {};
  const definition = definitionOf(project, plugin.name);
  const config = definition === undefined ? plugin.config : shapeConfig(definition, plugin.name, plugin.config);
  return { ...plugin.env, ...settingVariables(facts, config, environment) };
}

/** With its settings as variables; the same plugin in a project of tapline.yml. Programs that it starts are found beside its own. */
export function withMeltanoVariables(project: Project, plugin: Plugin, environment: string, { path }: Executable): Plugin {
  if (factsOf(project, plugin.name) === undefined) return plugin;
  const bin = dirname(path);
  const isPython = existsSync(join(bin, "..", "pyvenv.cfg"));
  const search = { PATH: [bin, project.processEnv.PATH ?? ""].join(delimiter), VIRTUAL_ENV: dirname(bin) };
  return { ...plugin, env: { ...meltanoVariables(project, plugin, environment), ...plugin.env, ...(isPython ? search : {}) } };
}

/** The environment that Meltano installed the plugin in; undefined: there is none. */
export function meltanoEnvironment(project: Project, name: string): string | undefined {
  const facts = factsOf(project, name);
  const folder = facts === undefined ? undefined : join(project.folder, facts.venv);
  return folder !== undefined && existsSync(join(folder, "bin")) ? folder : undefined;
}

function factsOf({ meltano }: Project, name: string): MeltanoPlugin | undefined {
  return meltano !== undefined && Object.hasOwn(meltano.plugins, name) ? meltano.plugins[name] : undefined;
}
