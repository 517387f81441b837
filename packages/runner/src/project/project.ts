/** Opens a project: finds tapline.yml or meltano.yml, reads it and .env, and answers questions about its environments and plugins. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { openMeltano } from "./meltano/open-meltano.ts";
import { expandLayers, projectVariables } from "./meltano/run-variables.ts";
import { basesOf, pluginNamesIn } from "./plugin-entry.ts";
import { parseProject } from "./project-file.ts";
import { combine, readProjectFiles, readText } from "./project-files.ts";
import { findFolder, findProjectFolder, isMeltanoFolder } from "./project-folder.ts";
import { substituteVariables } from "./variables.ts";

/** @throws project_missing, project_unreadable, project_not_yaml, project_invalid, include_missing, include_conflict, inherit_unknown, inherit_circular */
export function openProject(from: string, processEnv: NodeJS.ProcessEnv = process.env): Project {
  const folder = findProjectFolder(from);
  const project = isMeltanoFolder(folder) ? openMeltano(folder, processEnv) : openOwn(folder, processEnv);
  for (const name of pluginNamesIn(project.parsed)) basesOf(project.parsed, name);
  return project;
}

function openOwn(folder: string, processEnv: NodeJS.ProcessEnv): Project {
  const path = join(folder, "tapline.yml");
  const parsed = readProjectFiles(path);
  const dotenv = join(folder, ".env");
  const fromFile = existsSync(dotenv) ? parseEnv(readText(dotenv)) : {};
  return { folder, path, parsed, variables: { ...fromFile, ...processEnv }, processEnv };
}

/** For commands that also work without a project: without one, the folder counts as an empty project. */
export function openProjectOrEmpty(from: string, processEnv: NodeJS.ProcessEnv = process.env): Project {
  const folder = resolve(from);
  if (findFolder(folder) !== undefined) return openProject(from, processEnv);
  const path = join(folder, "tapline.yml");
  return { folder, path, parsed: combine([parseProject("", path)]), variables: processEnv, processEnv };
}

export function environmentOf(project: Project, named?: string): string {
  const { file } = project.parsed;
  const fallback = file.default_environment ?? "dev";
  if (named === undefined || named === fallback) return fallback;
  const known = [...new Set([fallback, "dev", ...Object.keys(file.environments ?? {})])];
  if (known.includes(named)) return named;
  throw errors.environment_unknown({ name: named, known, meant: didYouMean(named, known) }, { file: project.path });
}

/** The default one first, then those that tapline.yml has settings for. */
export function environmentsOf(project: Project): string[] {
  return [...new Set([environmentOf(project), ...Object.keys(project.parsed.file.environments ?? {})])];
}

export function pluginNames(project: Project): string[] {
  return pluginNamesIn(project.parsed);
}

/** `all`: every variable that $NAME may name. `shared`: those of `env` in tapline.yml, with the values that override them. */
export function variablesIn(project: Project, environment: string): { all: Project["variables"]; shared: Record<string, string> } {
  const { env = {}, environments = {} } = project.parsed.file;
  const own = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  if (project.meltano !== undefined) {
    // There, meltano.yml wins over the process, and may refer to it.
    const of = projectVariables(project, environment);
    const all = expandLayers({ ...project.variables, ...of }, env, own?.env ?? {});
    return { all, shared: { ...of, ...pick(all, [...Object.keys(env), ...Object.keys(own?.env ?? {})]) } };
  }
  const declared = { ...env, ...own?.env };
  const all = { ...declared, ...project.variables };
  return { all, shared: pick(all, Object.keys(declared)) };
}

function pick(all: Project["variables"], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, all[name] ?? ""]));
}

/** The end of the state ids of an environment, where a step or a run has none of its own. @throws variable_missing */
export function stateIdSuffixOf(project: Project, environment: string): string | undefined {
  const { environments = {} } = project.parsed.file;
  const suffix = Object.hasOwn(environments, environment) ? environments[environment]?.state_id_suffix : undefined;
  if (suffix === undefined) return undefined;
  const { all } = variablesIn(project, environment);
  const isLenient = project.meltano?.isStrict === false;
  const { value, missing } = substituteVariables({ suffix }, { variable: (name) => all[name], fetch: () => "" }, { isLenient });
  const place = `environments.${environment}.state_id_suffix`;
  if (missing[0] !== undefined)
    throw errors.variable_missing({ variable: missing[0].variable, place }, project.parsed.locate(place.split(".")));
  return value.suffix;
}

/** Returns the name if the project has such a plugin. @throws plugin_unknown */
export function checkPluginName(project: Project, name: string): string {
  const known = pluginNames(project);
  if (known.includes(name)) return name;
  throw errors.plugin_unknown({ name, known, meant: didYouMean(name, known) });
}
