/** Resolves a plugin in an environment of the project: merges its entry and its definition, and replaces references by their values. */

import { errors } from "../errors.ts";
import type { Plugin } from "../model/plugin.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { Path, Project } from "../model/project.ts";
import { variablesOf } from "../project/meltano/plugin-variables.ts";
import { entryOf, kindOf, pathsOf } from "../project/plugin-entry.ts";
import { variablesIn } from "../project/project.ts";
import { fetchSecret } from "../project/secret-source.ts";
import { substituteVariables } from "../project/variables.ts";
import { definitionOf, withDefinition } from "./source.ts";

/**
 * A plugin that is not in the file has no config; there may still be an executable. `handedOn`: variables of the plugins before it in a
 * pipe of a Meltano project. @throws variable_missing and what `fetchSecret` throws
 */
export function pluginOf(project: Project, name: string, environment: string, handedOn: Readonly<Record<string, string>> = {}): Plugin {
  const { entry: own, chain } = entryOf(project.parsed, name, environment);
  const entry = withDefinition(own, definitionOf(project, name));
  const { meltano } = project;
  const variables =
    meltano === undefined ? variablesIn(project, environment) : variablesOf(project, { name, environment, handedOn, env: entry.env });
  const where = (path: readonly (string | number)[]) => ({
    file: project.path,
    ...project.parsed.locate(...pathsOf(chain, environment, path)),
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
    { isLenient: meltano?.isStrict === false },
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
    ...positionsIn(project, chain, environment, entry),
  };
}

/** Its settings as they are written, without the values of references: enough to ask it about itself. */
export function unresolvedPluginOf(project: Project, name: string, environment: string): Plugin {
  const { entry: own, chain } = entryOf(project.parsed, name, environment);
  const entry = withDefinition(own, definitionOf(project, name));
  return {
    name,
    base: chain.at(-1) ?? name,
    kind: kindOf(project.parsed, name),
    entry,
    config: entry.config ?? {},
    env: {},
    usedVariables: new Map(),
    fetched: [],
    ...positionsIn(project, chain, environment, entry),
  };
}

function positionsIn(
  project: Project,
  chain: readonly string[],
  environment: string,
  entry: PluginEntry,
): Pick<Plugin, "positionOf" | "positionOfRule"> {
  const locate = (...paths: readonly Path[]) => project.parsed.locate(...paths.flatMap((path) => pathsOf(chain, environment, path)));
  return {
    positionOf(setting) {
      const keys = ["config", ...setting.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key))];
      return locate(...keys.map((_, index) => keys.slice(0, keys.length - index)));
    },
    positionOfRule: (pattern) => locate(...rulePaths(entry, pattern)),
  };
}

/** A key of `metadata` and a column below it are the pattern `stream.column`. */
function rulePaths({ select = [], metadata = {}, schema = {} }: PluginEntry, pattern: string): Path[] {
  const keyed = Object.entries({ metadata, schema }).flatMap(([name, rules]) =>
    Object.entries(rules).flatMap(([key, values]): Path[] => [
      ...(key === pattern ? [[name, key]] : []),
      ...Object.keys(values).flatMap((column) => (`${key}.${column}` === pattern ? [[name, key, column]] : [])),
    ]),
  );
  return [...keyed, ...select.flatMap((one, index) => (one === pattern ? [["select", index]] : []))];
}
