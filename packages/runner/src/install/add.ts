/** Adds a plugin to a project: first its package, then its entry in tapline.yml, so that after a kill the same command can be repeated. */

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { errors } from "../errors.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { Project } from "../model/project.ts";
import { parseDefinition } from "../plugins/definition.ts";
import { writeLock } from "../plugins/plugin-lock.ts";
import { isPluginName, readRequirements, samePythonName } from "../plugins/plugin-name.ts";
import { pythonSourceOf } from "../plugins/source.ts";
import { editText } from "../project/edit-file.ts";
import { openProject } from "../project/project.ts";
import { type How, type Installed, installedPython, installingIn } from "./installed.ts";
import { addNpmPackage, addNpmPath, type NpmPlugin } from "./npm-packages.ts";
import type { Installing } from "./program.ts";
import { makeEnvironment, type PythonEnvironment, programsOf } from "./python-environment.ts";

/** From npm when neither `pip` nor `from` is given. The name can be left out where the package names its plugin. */
export interface AddOptions {
  name?: string | undefined;
  pip?: string | undefined;
  /** A path relative to the folder in which the command was typed. */
  from?: string | undefined;
  python?: string | undefined;
}

/** @throws plugin_there, source_missing, plugin_ambiguous, plugin_name_differs, what installing throws */
export async function addPlugin(project: Project, options: AddOptions, typedIn: string, how: How): Promise<Installed> {
  const { name, pip, from } = options;
  if (name !== undefined && pip !== undefined && !isPluginName(name)) throw errors.plugin_name_invalid({ name });
  const installing = installingIn(project, how);
  if (pip !== undefined) return addPython(project, { ...options, pip }, installing);
  if (from === undefined) {
    return declareNpm(project, await addNpmPackage(name ?? "", installing));
  }
  const path = resolve(typedIn, from);
  const local = localPath(project, path);
  switch (kindOf(path)) {
    case "definition":
      return addDefinition(project, path, installing);
    case "python":
      return addPython(project, { ...options, pip: local }, installing);
    case "npm": {
      const added = await addNpmPath(local, installing);
      if (name !== undefined && name !== added.plugin) throw errors.plugin_name_differs({ name, found: added.plugin });
      return declareNpm(project, added);
    }
  }
}

function declareNpm(project: Project, { plugin, package: name, version }: NpmPlugin): Installed {
  declare(project, plugin, {});
  return { name: plugin, source: `npm ${name}`, version };
}

async function addPython(project: Project, options: AddOptions & { pip: string }, how: Installing): Promise<Installed> {
  const { pip, python } = options;
  if (options.name !== undefined) refuseTwice(project, options.name);
  const environment = await makeEnvironment({ name: "", pip, python }, undefined, how);
  try {
    const program = await programOf(environment, options.name, pip, how);
    const name = options.name ?? program;
    refuseTwice(project, name);
    writeLock(project.folder, name, environment.locked);
    declare(project, name, { pip, ...(python === undefined ? {} : { python }), ...(program === name ? {} : { executable: program }) });
    return installedPython({ name, pip }, environment.locked);
  } catch (error) {
    rmSync(environment.folder, { recursive: true, force: true });
    throw error;
  }
}

async function addDefinition(project: Project, path: string, how: Installing): Promise<Installed> {
  const text = readFileSync(path, "utf8");
  const definition = parseDefinition(text, path);
  const { name, pip } = definition;
  refuseTwice(project, name);
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

/** @throws plugin_there */
function refuseTwice(project: Project, name: string): void {
  const there = pythonSourceOf(project, name);
  if (there !== undefined) throw errors.plugin_there({ name, source: there.pip });
}

/** Adds keys to an existing entry, and leaves its other keys as they are. */
function declare(project: Project, name: string, entry: PluginEntry): void {
  const { file } = project.parsed;
  const isThere = Object.hasOwn(file.plugins ?? {}, name);
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
