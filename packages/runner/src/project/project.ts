/** A project on disk: finds tapline.yml, reads it, and gives each plugin as an environment sees it, ready to be started. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { PluginEntry, PluginKind } from "../model/plugin-schema.ts";
import { definitionOf, withDefinition } from "../plugins/source.ts";
import { entryOf, kindOf, placesOf, pluginNamesIn } from "./plugin-entry.ts";
import { parseProject } from "./project-file.ts";
import { combine, type ParsedProject, readProjectFiles, readText } from "./project-files.ts";
import { findFolder, findProjectFolder } from "./project-folder.ts";
import { fetchSecret } from "./secret-source.ts";
import { substituteVariables } from "./variables.ts";

export interface Project {
  /** The folder that holds tapline.yml; plugins run there. */
  folder: string;
  path: string;
  parsed: ParsedProject;
  /** Of .env and, over it, of the environment. Those of `env` in tapline.yml lie under them. */
  variables: Readonly<Record<string, string | undefined>>;
  /** It is only looked at: nothing may be kept in its folder. */
  isReadOnly?: boolean;
}

/** A plugin as a run needs it: references replaced, environment and what it inherits merged in. */
export interface Plugin {
  name: string;
  /** The plugin at the root of what it inherits: whose executable it is. Its own name when it inherits from none. */
  base: string;
  kind: PluginKind | undefined;
  entry: PluginEntry;
  config: Record<string, unknown>;
  env: Record<string, string>;
  /** Values of variables its config uses, by variable. */
  usedVariables: ReadonlyMap<string, string>;
  /** What its config got from files and commands: secret, whatever the setting's name. */
  fetched: readonly string[];
}

/** @throws project_missing, project_unreadable, project_not_yaml, project_invalid, include_missing, include_conflict, inherit_unknown, inherit_circular */
export function openProject(from: string, environment: NodeJS.ProcessEnv = process.env): Project {
  const folder = findProjectFolder(from);
  const path = join(folder, "tapline.yml");
  const parsed = readProjectFiles(path);
  const dotenv = join(folder, ".env");
  const fromFile = existsSync(dotenv) ? parseEnv(readText(dotenv)) : {};
  const project = { folder, path, parsed, variables: { ...fromFile, ...environment } };
  for (const name of pluginNamesIn(parsed)) entryOf(parsed, name);
  return project;
}

/** For commands that also make sense without a project: the folder then stands for an empty one. */
export function openProjectOrEmpty(from: string, environment: NodeJS.ProcessEnv = process.env): Project {
  const folder = resolve(from);
  if (findFolder(folder) !== undefined) return openProject(from, environment);
  const path = join(folder, "tapline.yml");
  return { folder, path, parsed: combine([parseProject("", path)]), variables: environment };
}

export function environmentOf(project: Project, named?: string): string {
  const { file } = project.parsed;
  const fallback = file.default_environment ?? "dev";
  if (named === undefined || named === fallback) return fallback;
  const known = [...new Set([fallback, "dev", ...Object.keys(file.environments ?? {})])];
  if (known.includes(named)) return named;
  throw errors.environment_unknown({ name: named, known, meant: didYouMean(named, known) }, { file: project.path });
}

/** A plugin that is not in the file has no config: it may still be an executable. @throws variable_missing and what `fetchSecret` throws */
export function pluginOf(project: Project, name: string, environment: string): Plugin {
  const { entry: own, chain } = entryOf(project.parsed, name, environment);
  const entry = withDefinition(own, definitionOf(project, name));
  const variables = variablesIn(project, environment);
  const where = (path: readonly (string | number)[]) => ({
    file: project.path,
    ...project.parsed.locate(...placesOf(chain, environment, path)),
  });
  const { value, missing, used, fetched } = substituteVariables(
    { config: entry.config ?? {}, env: entry.env ?? {} },
    {
      variable: (variable) => variables.all[variable],
      fetch: (reference, path) =>
        fetchSecret(reference, {
          folder: project.folder,
          place: [name, ...path].join("."),
          position: where(path),
          environment: variables.all as NodeJS.ProcessEnv,
        }),
    },
  );
  const first = missing[0];
  if (first !== undefined) {
    throw errors.variable_missing({ variable: first.variable, place: [name, ...first.path].join(".") }, where(first.path));
  }
  return {
    name,
    base: chain.at(-1) ?? name,
    kind: kindOf(project.parsed, name),
    entry,
    config: value.config,
    env: { ...variables.shared, ...value.env },
    usedVariables: used,
    fetched,
  };
}

export function pluginNames(project: Project): string[] {
  return pluginNamesIn(project.parsed);
}

/** All that $NAME can stand for. `shared` are those of `env` in tapline.yml, with the values that won. */
export function variablesIn(project: Project, environment: string): { all: Project["variables"]; shared: Record<string, string> } {
  const { env = {}, environments = {} } = project.parsed.file;
  const own = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  const declared = { ...env, ...own?.env };
  const all = { ...declared, ...project.variables };
  return { all, shared: Object.fromEntries(Object.keys(declared).map((name) => [name, all[name] ?? ""])) };
}

/** A name the project has. @throws plugin_unknown */
export function checkPluginName(project: Project, name: string): string {
  const known = pluginNames(project);
  if (known.includes(name)) return name;
  throw errors.plugin_unknown({ name, known, meant: didYouMean(name, known) });
}
