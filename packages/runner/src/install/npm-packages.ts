/**
 * Plugins from npm: packages whose package.json has `"tapline": {"plugin": "tap-x"}`. There is no other list of them: the project's
 * package.json names the packages, and npm's lock their versions.
 */
import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { errors } from "../errors.ts";
import { isPluginName, readNpmSpec } from "../plugins/plugin-name.ts";
import { howEnded, type Installing, type ProgramResult, tryProgram } from "./program.ts";

export interface NpmPlugin {
  plugin: string;
  package: string;
  version: string;
  /** It is a link to a folder of this machine. */
  isLinked: boolean;
}

const installArgs = ["install", "--save-exact", "--no-progress", "--loglevel=error", "--json"];

/** Plugins that are in the project's package.json and installed. */
export function npmPlugins(folder: string): NpmPlugin[] {
  return wantedPackages(folder).flatMap((name) => {
    const found = installedFolder(folder, name);
    const manifest = found === undefined ? undefined : readManifest(found);
    const plugin = pluginIn(manifest);
    if (found === undefined || plugin === undefined) return [];
    return [{ plugin, package: name, version: String(manifest?.version ?? ""), isLinked: lstatSync(found).isSymbolicLink() }];
  });
}

/** Checks that the package is a plugin before it installs, so that no other package can run scripts. @throws source_invalid, package_missing, package_not_a_plugin, … */
export async function addNpmPackage(text: string, how: Installing): Promise<NpmPlugin> {
  const { package: wanted, version = "latest" } = readNpmSpec(text);
  // Anybody can take an unscoped name, so ours come first.
  const candidates = wanted.startsWith("@") ? [wanted] : [`@tapline/${wanted}`, wanted];
  for (const candidate of candidates) {
    const found = await lookUp(candidate, version, how);
    if (found === undefined) continue;
    if (pluginIn(found) === undefined) throw errors.package_not_a_plugin({ package: candidate });
    await install([`${candidate}@${found.version}`], how);
    return installed(candidate, how.folder);
  }
  throw errors.package_missing({ packages: candidates });
}

/** Links a folder, or unpacks a .tgz. @throws package_not_a_plugin, program_failed */
export async function addNpmPath(path: string, how: Installing): Promise<NpmPlugin> {
  const before = dependencies(how.folder);
  const own = existsSync(join(how.folder, path, "package.json")) ? readManifest(join(how.folder, path)) : undefined;
  if (own !== undefined && pluginIn(own) === undefined) throw errors.package_not_a_plugin({ package: path });
  await install([path], how);
  const after = dependencies(how.folder);
  const name = typeof own?.name === "string" ? own.name : Object.keys(after).find((each) => after[each] !== before[each]);
  if (name === undefined) throw errors.package_not_a_plugin({ package: path });
  const isPlugin = npmPlugins(how.folder).some((each) => each.package === name);
  if (isPlugin) return installed(name, how.folder);
  await removeNpmPackage(name, how);
  throw errors.package_not_a_plugin({ package: name });
}

/** Installs `version`, or the one tagged latest. @throws source_invalid */
export async function upgradeNpmPackage({ package: name }: NpmPlugin, version: string | undefined, how: Installing): Promise<NpmPlugin> {
  const spec = `${name}@${version ?? "latest"}`;
  readNpmSpec(spec);
  await install([spec], how);
  return installed(name, how.folder);
}

export async function removeNpmPackage(name: string, how: Installing): Promise<void> {
  await runNpm(["uninstall", "--no-progress", "--loglevel=error", "--json", "--", name], how);
}

/** Installs what package.json and its lock name. */
export async function installNpmPackages(how: Installing): Promise<void> {
  if (wantedPackages(how.folder).length > 0) await runNpm(installArgs, how);
}

async function install(specs: readonly string[], how: Installing): Promise<void> {
  const manifest = join(how.folder, "package.json");
  // Without one, npm looks in the folders above, and installs there.
  if (!existsSync(manifest)) writeFileSync(manifest, `${JSON.stringify({ private: true }, null, 2)}\n`, { flag: "wx" });
  await runNpm([...installArgs, "--", ...specs], how);
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

interface Manifest {
  name?: unknown;
  version?: unknown;
  tapline?: { plugin?: unknown };
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

function pluginIn(manifest: Manifest | undefined): string | undefined {
  const name = manifest?.tapline?.plugin;
  return typeof name === "string" && isPluginName(name) ? name : undefined;
}

function wantedPackages(folder: string): string[] {
  return Object.keys(dependencies(folder));
}

function dependencies(folder: string): Record<string, string> {
  const { dependencies: own, devDependencies } = readManifest(folder) ?? {};
  return { ...devDependencies, ...own };
}

function installedFolder(from: string, name: string): string | undefined {
  const path = join(from, "node_modules", name);
  if (existsSync(join(path, "package.json"))) return path;
  const above = dirname(from);
  return above === from ? undefined : installedFolder(above, name);
}

function readManifest(folder: string): Manifest | undefined {
  const path = join(folder, "package.json");
  return existsSync(path) ? (parse(readFileSync(path, "utf8")) as Manifest | undefined) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
