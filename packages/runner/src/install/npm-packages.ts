/** Installs, upgrades and removes npm packages that are plugins. npm's lock keeps their versions. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { errors } from "../errors.ts";
import { dependencies, type NpmPlugin, npmPlugins, pluginIn } from "../plugins/npm-plugins.ts";
import { type Manifest, readManifest } from "../plugins/package-folder.ts";
import { lockAdded } from "../plugins/plugin-lock.ts";
import { readNpmSpec } from "../plugins/plugin-name.ts";
import { howEnded, type Installing, type ProgramResult, tryProgram } from "./program.ts";

/** A package that is known to be a plugin before anything of it is installed, so that no other package can run scripts. */
export interface FoundPackage {
  package: string;
  plugin: string;
  /** What npm installs: a name with its exact version, or a path. */
  spec: string;
}

const installArgs = ["install", "--save-exact", "--no-progress", "--loglevel=error", "--json"];

/** Asks the registry. @throws source_invalid, package_missing, package_not_a_plugin, program_failed, … */
export async function findNpmPackage(text: string, how: Installing): Promise<FoundPackage> {
  const { package: wanted, version = "latest" } = readNpmSpec(text);
  // Anybody can take an unscoped name, so ours come first.
  const candidates = wanted.startsWith("@") ? [wanted] : [`@tapline/${wanted}`, wanted];
  for (const candidate of candidates) {
    const found = await lookUp(candidate, version, how);
    if (found === undefined) continue;
    return { ...namesIn(found, candidate), package: candidate, spec: `${candidate}@${found.version}` };
  }
  throw errors.package_missing({ packages: candidates });
}

/** Of a folder or a .tgz. `path` is relative to the project. @throws package_not_a_plugin, source_missing */
export function findNpmPath(path: string, { folder }: Installing): FoundPackage {
  const whole = join(folder, path);
  return { ...namesIn(/\.tgz$/.test(path) ? manifestInArchive(whole) : readManifest(whole), path), spec: path };
}

/** Installs it into the project. A folder is linked. @throws program_missing, program_failed, program_stopped */
export async function addNpmPackage({ package: name, spec }: FoundPackage, how: Installing): Promise<NpmPlugin> {
  const manifest = join(how.folder, "package.json");
  const isNew = dependencies(how.folder)[name] === undefined;
  if (isNew) lockAdded(how.folder, name, true);
  try {
    // Without one, npm looks in the folders above, and installs there.
    if (!existsSync(manifest)) writeFileSync(manifest, `${JSON.stringify({ private: true }, null, 2)}\n`, { flag: "wx" });
    await runNpm([...installArgs, "--", spec], how);
    return installed(name, how.folder);
  } catch (error) {
    if (isNew && dependencies(how.folder)[name] === undefined) lockAdded(how.folder, name, false);
    throw error;
  }
}

/** Installs `version`, or the one tagged latest. @throws source_invalid */
export async function upgradeNpmPackage({ package: name }: NpmPlugin, version: string | undefined, how: Installing): Promise<NpmPlugin> {
  const spec = `${name}@${version ?? "latest"}`;
  readNpmSpec(spec);
  await runNpm([...installArgs, "--", spec], how);
  return installed(name, how.folder);
}

export async function removeNpmPackage(name: string, how: Installing): Promise<void> {
  await runNpm(["uninstall", "--no-progress", "--loglevel=error", "--json", "--", name], how);
  lockAdded(how.folder, name, false);
}

/** Installs what package.json and its lock name. */
export async function installNpmPackages(how: Installing): Promise<void> {
  if (Object.keys(dependencies(how.folder)).length > 0) await runNpm(installArgs, how);
}

/** undefined: there is no such package. */
async function lookUp(name: string, version: string, how: Installing): Promise<Manifest | undefined> {
  const result = await tryProgram("npm", ["view", "--json", "--", `${name}@${version}`, "name", "version", "tapline"], how);
  const answer = parse(result.stdout);
  if (result.code === 0) return (Array.isArray(answer) ? answer.at(-1) : answer) as Manifest | undefined;
  const code = errorIn(result)?.code;
  if (code === "E404" || code === "ETARGET") return undefined;
  throw failureOf("npm view", result);
}

/** `args` contain --json. @throws program_missing, program_failed, run_stopped */
async function runNpm(args: readonly string[], how: Installing): Promise<void> {
  const result = await tryProgram("npm", args, how);
  if (result.code !== 0) throw failureOf("npm", result);
}

/** npm's last line names its log file. What went wrong is in its JSON. */
function failureOf(program: string, result: ProgramResult): Error {
  const last = errorIn(result)?.summary?.split("\n")[0] ?? result.last;
  return errors.program_failed({ program, how: howEnded(result), last });
}

function errorIn({ stdout }: ProgramResult): { code?: string; summary?: string } | undefined {
  return (parse(stdout) as { error?: { code?: string; summary?: string } } | undefined)?.error;
}

function installed(name: string, folder: string): NpmPlugin {
  const found = npmPlugins(folder).find((each) => each.package === name);
  if (found === undefined) throw errors.package_not_a_plugin({ package: name });
  return found;
}

/** @throws package_not_a_plugin */
function namesIn(manifest: Manifest | undefined, source: string): Pick<FoundPackage, "package" | "plugin"> {
  const plugin = pluginIn(manifest);
  if (plugin === undefined || typeof manifest?.name !== "string") throw errors.package_not_a_plugin({ package: source });
  return { package: manifest.name, plugin };
}

/** package.json of the only folder at the top of a .tgz. undefined: there is none, or it is no such archive. */
function manifestInArchive(path: string): Manifest | undefined {
  let tar: Buffer;
  try {
    tar = gunzipSync(readFileSync(path), { maxOutputLength: 2 ** 30 });
  } catch {
    return undefined;
  }
  const textAt = (start: number, length: number): string => tar.toString("utf8", start, start + length).replace(/\0.*$/s, "");
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(textAt(at + 124, 12), 8) || 0;
    if (/^[^/]+\/package\.json$/.test(textAt(at, 100)))
      return parse(tar.toString("utf8", at + 512, at + 512 + size)) as Manifest | undefined;
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
