/** Everything a step needs before its first process starts: entries, executables, what the plugins tell, secrets. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type About, askAbout } from "./about.ts";
import { errors } from "./errors.ts";
import { type Executable, findExecutable } from "./executable.ts";
import { environmentOf, type Plugin, type Project, pluginOf } from "./project.ts";
import { createRedactor, type Redact } from "./secrets.ts";
import { makeStateId } from "./state-id.ts";

export interface StepOptions {
  project: Project;
  tap: string;
  target: string;
  environment?: string | undefined;
  stateIdSuffix?: string | undefined;
  /** Folders to look for executables in, after the project's own. */
  binFolders?: readonly string[];
}

export interface ReadyPlugin {
  plugin: Plugin;
  executable: Executable;
  about: About | null;
  catalog: string | undefined;
}

export interface Step {
  environment: string;
  stateId: string;
  tap: ReadyPlugin;
  target: ReadyPlugin;
  redact: Redact;
  place: { setting: string; value: string } | null;
}

/** @throws environment_unknown, variable_missing, plugin_name_invalid, plugin_not_found, catalog_missing, state_id_invalid */
export async function prepareStep(options: StepOptions): Promise<Step> {
  const { project, binFolders } = options;
  const environment = environmentOf(project, options.environment);
  const wanted = [options.tap, options.target].map((name) => {
    const plugin = pluginOf(project, name, environment);
    return { plugin, executable: findExecutable(project, plugin, binFolders), catalog: catalogOf(project, plugin) };
  });
  const stateId = makeStateId({ environment, tap: options.tap, target: options.target, suffix: options.stateIdSuffix });
  const [tap, target] = (await Promise.all(wanted.map((each) => ask(project, each)))) as [ReadyPlugin, ReadyPlugin];
  const redact = createRedactor([tap, target]);
  return { environment, stateId, tap, target, redact, place: placeOf(target, redact) };
}

/** One plugin by itself, for `discover` and `about`. @throws as `prepareStep` */
export async function preparePlugin(
  project: Project,
  name: string,
  options: Pick<StepOptions, "environment" | "binFolders"> = {},
): Promise<ReadyPlugin & { redact: Redact }> {
  const plugin = pluginOf(project, name, environmentOf(project, options.environment));
  const executable = findExecutable(project, plugin, options.binFolders);
  const ready = await ask(project, { plugin, executable, catalog: catalogOf(project, plugin) });
  return { ...ready, redact: createRedactor([ready]) };
}

async function ask(project: Project, ready: Omit<ReadyPlugin, "about">): Promise<ReadyPlugin> {
  return { ...ready, about: await askAbout(ready.plugin, ready.executable, { cwd: project.folder }) };
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
