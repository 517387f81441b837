/** Adds a plugin to a project: first its package, then its entry in tapline.yml, so that after a kill the same command can be repeated. */

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { errors } from "../errors.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { Project } from "../model/project.ts";
import { parseDefinition } from "../plugins/definition.ts";
import { findNpmPlugin, type NpmPlugin } from "../plugins/npm-plugins.ts";
import { writeLock } from "../plugins/plugin-lock.ts";
import { isPluginName, readNpmSpec, readRequirements, samePythonName } from "../plugins/plugin-name.ts";
import { editText } from "../project/edit-file.ts";
import { refuseMeltano } from "../project/edit-project.ts";
import { entryOf, isDeclared } from "../project/plugin-entry.ts";
import { openProject } from "../project/project.ts";
import { type How, type Installed, installedPython, installingIn } from "./installed.ts";
import { listPlugins, npmPluginOf } from "./list.ts";
import { addNpmPackage, findNpmPackage, findNpmPath } from "./npm-packages.ts";
import type { Installing } from "./program.ts";
import { makeEnvironment, type PythonEnvironment, programsOf } from "./python-environment.ts";

/** From npm when neither `pip` nor `from` is given. The name can be left out where the package names its plugin. */
export interface AddOptions {
  name?: string | undefined;
  /** The name of its entry in tapline.yml, if it is another one than the plugin's own. */
  as?: string | undefined;
  pip?: string | undefined;
  /** A path relative to the folder in which the command was typed. */
  from?: string | undefined;
  python?: string | undefined;
  /** Folders to look for installed plugins in, after the project's own. */
  binFolders?: readonly string[];
}

/** @throws plugin_there, source_missing, plugin_ambiguous, plugin_name_differs, what installing throws */
export async function addPlugin(project: Project, options: AddOptions, typedIn: string, how: How): Promise<Installed> {
  const { name, as, pip, from, binFolders = [] } = options;
  refuseMeltano(project);
  for (const each of [as, pip === undefined ? undefined : name])
    if (each !== undefined && !isPluginName(each)) throw errors.plugin_name_invalid({ name: each });
  const installing = installingIn(project, how);
  if (pip !== undefined) return addPython(project, { ...options, pip }, installing);
  if (from === undefined) return addNpm(project, { name: name ?? "", as, binFolders }, installing);
  const path = resolve(typedIn, from);
  const local = localPath(project, path);
  switch (kindOf(path)) {
    case "definition":
      return addDefinition(project, path, options, installing);
    case "python":
      return addPython(project, { ...options, pip: local }, installing);
    case "npm": {
      const found = findNpmPath(local, installing);
      const { plugin } = found;
      if (name !== undefined && name !== plugin) throw errors.plugin_name_differs({ name, found: plugin });
      const current = isDeclared(project.parsed, as ?? plugin) ? npmPluginOf(project, as ?? plugin) : undefined;
      if (current?.package !== found.package) refuseTaken(project, as ?? plugin, binFolders);
      return declareNpm(project, await addNpmPackage(found, installing), as);
    }
  }
}

/** Asks the registry only where the plugin is not installed yet, or in another version. */
async function addNpm(
  project: Project,
  { name, as, binFolders }: { name: string; as: string | undefined; binFolders: readonly string[] },
  installing: Installing,
): Promise<Installed> {
  const { package: wanted, version } = readNpmSpec(name);
  const here = findNpmPlugin(project, wanted, binFolders);
  if (here !== undefined) refuseTaken(project, as ?? here.plugin, binFolders);
  if (here !== undefined && (version === undefined || version === here.version)) return declareNpm(project, here, as);
  const found = await findNpmPackage(name, installing);
  refuseTaken(project, as ?? found.plugin, binFolders);
  return declareNpm(project, await addNpmPackage(found, installing), as);
}

function declareNpm(project: Project, { plugin, package: name, version }: NpmPlugin, as: string = plugin): Installed {
  if (as !== plugin) {
    // A name such as tap-x shows what the plugin is; any other one is known only by its entry.
    if (!/^(tap|target|map)/.test(plugin) && !isDeclared(project.parsed, plugin)) declare(project, plugin, {});
    declare(openProject(project.folder, project.processEnv), as, { inherit_from: plugin });
  } else declare(project, plugin, {});
  return { name: as, source: `npm ${name}`, version };
}

async function addPython(project: Project, options: AddOptions & { pip: string }, how: Installing): Promise<Installed> {
  const { pip, python, binFolders } = options;
  const asked = options.as ?? options.name;
  if (asked !== undefined) refuseTaken(project, asked, binFolders);
  const environment = await makeEnvironment({ name: "", pip, python }, undefined, how);
  try {
    const program = await programOf(environment, options.name, pip, how);
    const name = asked ?? program;
    refuseTaken(project, name, binFolders);
    writeLock(project.folder, name, environment.locked);
    declare(project, name, { pip, ...(python === undefined ? {} : { python }), ...(program === name ? {} : { executable: program }) });
    return installedPython({ name, pip }, environment.locked);
  } catch (error) {
    rmSync(environment.folder, { recursive: true, force: true });
    throw error;
  }
}

async function addDefinition(project: Project, path: string, { as, binFolders }: AddOptions, how: Installing): Promise<Installed> {
  const text = readFileSync(path, "utf8");
  const definition = parseDefinition(text, path);
  const { pip } = definition;
  const name = as ?? definition.name;
  refuseTaken(project, name, binFolders);
  const isInside = !relative(project.folder, path).startsWith("..");
  const kept = isInside ? path : join(project.folder, "plugins", basename(path));
  if (!isInside) {
    mkdirSync(join(project.folder, "plugins"), { recursive: true });
    writeFileSync(kept, text);
  }
  const entry = { definition: relative(project.folder, kept) };
  if (pip === undefined) {
    declare(project, name, entry);
    return { name, source: `definition ${entry.definition}`, version: undefined };
  }
  const environment = await makeEnvironment({ name, pip, python: definition.python }, undefined, how);
  writeLock(project.folder, name, environment.locked);
  declare(project, name, entry);
  return installedPython({ name, pip }, environment.locked);
}

/** The program that is the plugin: the one with its name, else the only one that is named like a plugin, else the package's only one. */
async function programOf({ folder }: PythonEnvironment, name: string | undefined, pip: string, how: Installing): Promise<string> {
  const all = await programsOf(folder, how);
  const asked = readRequirements(pip).flatMap((each) => each.name ?? []);
  const own = all.filter((each) => asked.some((one) => samePythonName(one, each.package)));
  const programs = [...new Set((own.length > 0 ? own : all).map(({ program }) => program))];
  if (name !== undefined && programs.includes(name)) return name;
  const called = programs.filter((program) => /^(tap|target|map)/.test(program));
  const found = called.length > 0 || own.length === 0 ? called : programs;
  const [only] = found;
  if (only === undefined || found.length > 1) throw errors.plugin_ambiguous({ source: pip, found });
  return only;
}

/** An entry that only has settings is free: the package that it needs is still to be added. @throws plugin_there */
function refuseTaken(project: Project, name: string, binFolders: readonly string[] = []): void {
  if (!isDeclared(project.parsed, name)) return;
  const there = listPlugins(project, binFolders).find((each) => each.name === name);
  const { entry } = entryOf(project.parsed, name);
  const hasSource = entry.pip !== undefined || entry.definition !== undefined || entry.executable !== undefined;
  if (there !== undefined && (there.isInstalled || hasSource)) throw errors.plugin_there({ name, source: there.source });
}

/** Adds keys to an existing entry, and leaves its other keys as they are. */
function declare(project: Project, name: string, entry: PluginEntry): void {
  const isThere = isDeclared(project.parsed, name);
  const text = readFileSync(project.path, "utf8");
  const changes = isThere ? Object.entries(entry) : [];
  const edited = isThere
    ? changes.reduce((before, [key, value]) => editText(before, ["plugins", name, key], value), text)
    : editText(text, ["plugins", name], entry);
  if (edited === text) return;
  writeFileSync(project.path, edited);
  openProject(project.folder, project.processEnv);
}

function kindOf(path: string): "npm" | "python" | "definition" {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true) {
    if (/\.ya?ml$/.test(path)) return "definition";
    if (/\.tgz$/.test(path)) return "npm";
    if (/\.(whl|tar\.gz|zip)$/.test(path)) return "python";
  }
  if (found?.isDirectory() === true) {
    if (existsSync(join(path, "pyproject.toml")) || existsSync(join(path, "setup.py"))) return "python";
    if (existsSync(join(path, "package.json"))) return "npm";
  }
  throw errors.source_missing({ path });
}

/** Relative to the project, because tapline.yml is shared between machines. */
function localPath(project: Project, path: string): string {
  const way = relative(project.folder, path);
  return way.startsWith("..") ? way : `./${way}`;
}
