/** Gets a step ready before its first process starts: entries, executables, what the plugins report about themselves, secrets. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { capabilities, hasCapability, type Redact, type ReportedAbout } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Plugin } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import { createRedactor } from "../model/secrets.ts";
import { makeStateId } from "../model/state-id.ts";
import type { ReadyPlugin, Step } from "../model/step.ts";
import { environmentOf, stateIdSuffixOf } from "../project/project.ts";
import { aboutOf, catalogOptionOf } from "./about-cache.ts";
import { checkSettings, completeAbout, shapeConfig } from "./definition-config.ts";
import { findExecutable } from "./executable.ts";
import { meltanoVariables, withMeltanoVariables } from "./meltano-plugin.ts";
import { pluginOf, unresolvedPluginOf } from "./resolve-plugin.ts";
import { definitionOf } from "./source.ts";

export interface StepOptions {
  project: Project;
  tap: string;
  /** The mappers between the two, in this order. */
  mappers?: readonly string[] | undefined;
  target: string;
  environment?: string | undefined;
  stateIdSuffix?: string | undefined;
  /** Folders to look for executables in, after the project's own. */
  binFolders?: readonly string[];
}

/** @throws environment_unknown, variable_missing, plugin_name_invalid, plugin_not_found, catalog_missing, state_id_invalid, definition errors */
export async function prepareStep(options: StepOptions): Promise<Step> {
  const { project, binFolders } = options;
  const environment = environmentOf(project, options.environment);
  let handedOn: Record<string, string> = {};
  const wanted = [options.tap, ...(options.mappers ?? []), options.target].map((name) => {
    const plugin = pluginOf(project, name, environment, handedOn);
    handedOn = { ...handedOn, ...meltanoVariables(project, plugin, environment) };
    return { plugin, executable: findExecutable(project, plugin, binFolders), catalog: catalogOf(project, plugin) };
  });
  const suffix = options.stateIdSuffix ?? stateIdSuffixOf(project, environment);
  const stateId = makeStateId({ environment, tap: options.tap, target: options.target, suffix });
  const asked = await Promise.all(wanted.map((each) => ask(project, each)));
  const ready = asked.map((each) => ({ ...each, plugin: withMeltanoVariables(project, each.plugin, environment, each.executable) }));
  for (const { definition, plugin } of ready) if (definition !== undefined) checkSettings(definition, plugin.name, plugin.config);
  const [source, target] = [ready.at(0), ready.at(-1)] as [ReadyPlugin, ReadyPlugin];
  const tap = { ...source, catalogOption: await catalogOptionOf(project, source.plugin, source.executable, source.about) };
  const redact = createRedactor(ready);
  return { environment, stateId, tap, mappers: ready.slice(1, -1), target, redact, place: placeOf(target, redact) };
}

/** One plugin by itself, for `discover` and `about`. @throws as `prepareStep` */
export async function preparePlugin(
  project: Project,
  name: string,
  options: Pick<StepOptions, "environment" | "binFolders"> = {},
): Promise<ReadyPlugin & { redact: Redact }> {
  const environment = environmentOf(project, options.environment);
  const plugin = pluginOf(project, name, environment);
  const executable = findExecutable(project, plugin, options.binFolders);
  const asked = await ask(project, { plugin, executable, catalog: catalogOf(project, plugin) });
  const ready = { ...asked, plugin: withMeltanoVariables(project, asked.plugin, environment, executable) };
  return { ...ready, redact: createRedactor([ready]) };
}

/** What a plugin reports about itself and its definition adds; no secret is needed. null: it reports nothing. @throws plugin_not_found, … */
export async function reportedAbout(
  project: Project,
  name: string,
  { environment, binFolders }: Pick<StepOptions, "environment" | "binFolders"> = {},
): Promise<ReportedAbout | null> {
  const plugin = unresolvedPluginOf(project, name, environmentOf(project, environment));
  const about = await aboutOf(project, plugin, findExecutable(project, plugin, binFolders));
  const definition = definitionOf(project, name);
  return definition === undefined ? about : completeAbout(definition, about);
}

async function ask(project: Project, ready: Pick<ReadyPlugin, "plugin" | "executable" | "catalog">): Promise<ReadyPlugin> {
  const { plugin, executable } = ready;
  const definition = definitionOf(project, plugin.name);
  if (definition === undefined) return { ...ready, about: await aboutOf(project, plugin, executable) };
  const answers = definition.capabilities === undefined || hasCapability(definition, capabilities.about);
  const reported = answers ? await aboutOf(project, plugin, executable) : null;
  const config = shapeConfig(definition, plugin.name, plugin.config);
  return { ...ready, plugin: { ...plugin, config }, definition, about: completeAbout(definition, reported) };
}

function catalogOf(project: Project, { name, entry }: Plugin): string | undefined {
  if (entry.catalog === undefined) return undefined;
  const path = resolve(project.folder, entry.catalog);
  const position = { file: project.path, ...project.parsed.locate(["plugins", name, "catalog"]) };
  if (!existsSync(path)) throw errors.catalog_missing({ name, path: entry.catalog }, position);
  return path;
}

function placeOf({ plugin, about }: ReadyPlugin, redact: Redact): Step["place"] {
  const setting = about?.single_writer?.setting;
  const value = setting === undefined ? undefined : plugin.config[setting];
  return setting === undefined || typeof value !== "string" ? null : { setting, value: redact(value) };
}
