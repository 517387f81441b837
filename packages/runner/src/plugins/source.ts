/** Where a plugin of the project comes from: its definition file, and the Python packages it is installed from. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { errors } from "../errors.ts";
import type { Definition } from "../model/definition.ts";
import type { PythonSource } from "../model/plugin.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { Project } from "../model/project.ts";
import { mergeDeep } from "../project/merge.ts";
import { entryOf, pathsOf } from "../project/plugin-entry.ts";
import { parseDefinition, readDefinition } from "./definition.ts";
import { entryOfDefinition } from "./definition-config.ts";

/** @throws definition_missing, definition_invalid */
export function definitionOf(project: Project, name: string): Definition | undefined {
  const { entry, chain } = entryOf(project.parsed, name);
  if (entry.definition === undefined) return undefined;
  if (typeof entry.definition !== "string") {
    const place = project.parsed.locate(...pathsOf(chain, undefined, ["definition"]), ...pathsOf(chain, undefined, []));
    return readDefinition(entry.definition, { file: project.path, ...place });
  }
  const path = resolve(project.folder, entry.definition);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const place = project.parsed.locate(...pathsOf(chain, undefined, ["definition"]));
    throw errors.definition_missing({ name, path: entry.definition }, place, error);
  }
  return parseDefinition(text, path);
}

/** The entry merged over its definition. */
export function withDefinition(entry: PluginEntry, definition: Definition | undefined): PluginEntry {
  return definition === undefined ? entry : (mergeDeep(entryOfDefinition(definition), entry) as PluginEntry);
}

/** undefined: it is no Python plugin, or this project does not install it. A plugin that inherits shares the environment of its base. */
export function pythonSourceOf(project: Project, name: string): PythonSource | undefined {
  const { entry, chain } = entryOf(project.parsed, name);
  const { pip, python } = withDefinition(entry, definitionOf(project, name));
  if (pip === undefined) return undefined;
  const owner = chain.find((each) => {
    const own = project.parsed.file.plugins?.[each] as PluginEntry | null | undefined;
    return own?.pip !== undefined || own?.definition !== undefined;
  });
  return { name: owner ?? name, pip, python };
}
