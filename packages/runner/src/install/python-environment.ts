/**
 * Creates the virtual environment of a Python plugin in `.tapline/python/`, with uv where it is in PATH, else with venv and pip, from
 * the exact packages of the lock. An upgrade creates a second one; the old one stays a day, for runs that still use it.
 */

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, delimiter, isAbsolute, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { errors } from "../errors.ts";
import type { PythonSource } from "../model/plugin.ts";
import type { ProcessIdentity } from "../model/runner.ts";
import { isLockedPackage, type LockedPlugin, readLock } from "../plugins/plugin-lock.ts";
import { type Requirement, readRequirements } from "../plugins/plugin-name.ts";
import { environmentsFolder, environmentsIn, ownerFile, readJson, readyFile } from "../plugins/python-environment.ts";
import { identify, isAlive } from "../process/liveness.ts";
import { type Installing, runProgram } from "./program.ts";

export interface PythonEnvironment {
  folder: string;
  locked: LockedPlugin;
}

const keepReplacedMs = 24 * 3600 * 1000;

/** Installs exactly `locked`, or without it the newest versions that fit. @throws source_invalid, program_missing, program_failed, program_stopped */
export async function makeEnvironment(source: PythonSource, locked: LockedPlugin | undefined, how: Installing): Promise<PythonEnvironment> {
  const wanted = readRequirements(source.pip);
  const python = pythonOf(source);
  const path = join(environmentsFolder(how.folder), `${labelOf(source.pip)}-${randomBytes(5).toString("hex")}`);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, ownerFile), JSON.stringify(identify(process.pid)));
  try {
    const tool = await makeEmpty(path, python, how);
    const paths = wanted.filter(({ kind }) => kind === "path");
    if (locked === undefined) await tool.install(wanted, []);
    else {
      await tool.install(locked.packages.map(asWanted), ["--no-deps"]);
      await tool.install(paths, ["--no-deps"]);
    }
    const version = (await runProgram(join(path, "bin/python"), ["-c", printVersion], how)).trim();
    const packages = locked?.packages ?? (await tool.freeze());
    const made = { pip: source.pip, python: version, packages };
    // Another Python may have created it; the packages are still those of the lock.
    const ready = locked ?? made;
    writeFileSync(join(path, readyFile), JSON.stringify(ready));
    rmSync(join(path, ownerFile));
    return { folder: path, locked: ready };
  } catch (error) {
    rmSync(path, { recursive: true, force: true });
    throw error;
  }
}

/** The programs of its packages, each with its package. */
export async function programsOf(environment: string, how: Installing): Promise<{ package: string; program: string }[]> {
  const printed = await runProgram(join(environment, "bin/python"), ["-c", printPrograms], how);
  return (JSON.parse(printed) as [string, string][]).map(([name, program]) => ({ package: name, program }));
}

/** Deletes environments that nothing needs: those that dead installers left incomplete, and those replaced or removed more than a day ago. */
export function sweepEnvironments(folder: string): void {
  const locked = Object.values(readLock(folder));
  for (const path of environmentsIn(folder)) {
    const ready = readJson(join(path, readyFile));
    const owner = readJson(join(path, ownerFile)) as ProcessIdentity | undefined;
    const isBeingMade = ready === undefined && owner !== undefined && isAlive(owner);
    const isWanted = ready !== undefined && locked.some((each) => isDeepStrictEqual(ready, each));
    if (isBeingMade || isWanted) continue;
    if (ready === undefined || Date.now() - statSync(path).mtimeMs > keepReplacedMs) rmSync(path, { recursive: true, force: true });
  }
}

/** From now on it stays for a day. */
export function retireEnvironment(path: string | undefined): void {
  if (path !== undefined) utimesSync(path, new Date(), new Date());
}

interface Tool {
  install(packages: readonly Requirement[], options: readonly string[]): Promise<void>;
  freeze(): Promise<string[]>;
}

async function makeEmpty(path: string, python: string, how: Installing): Promise<Tool> {
  const interpreter = join(path, "bin/python");
  if (isInPath("uv", how.processEnv)) {
    await runProgram("uv", ["venv", "--quiet", "--no-project", "--allow-existing", "--python", python, path], how);
    return toolOf("uv", ["pip", "install", "--quiet", "--python", interpreter], ["pip", "freeze", "--python", interpreter], how);
  }
  await runProgram(python, ["-m", "venv", path], how);
  return toolOf(interpreter, ["-m", "pip", "install", "--quiet"], ["-m", "pip", "freeze"], how);
}

function toolOf(program: string, install: readonly string[], freeze: readonly string[], how: Installing): Tool {
  return {
    async install(packages, options) {
      if (packages.length === 0) return;
      // A folder is linked, so that changes in it apply at once, as with npm.
      const linked = packages.filter((each) => isFolder(each, how.folder)).flatMap(({ text }) => ["--editable", text]);
      const others = packages.filter((each) => !isFolder(each, how.folder)).map(({ text }) => text);
      await runProgram(program, [...install, ...options, ...linked, "--", ...others], how);
    },
    async freeze() {
      const lines = (await runProgram(program, [...freeze], how)).split("\n").map((line) => line.trim());
      // Folders and files of this machine are not locked: they are installed from the paths in `pip`.
      return lines.filter((line) => isLockedPackage(line) && !/ @ file:/.test(line)).sort();
    },
  };
}

/** @throws source_invalid */
function pythonOf({ python = "python3" }: PythonSource): string {
  if (!/^[A-Za-z0-9/.][A-Za-z0-9/._-]*$/.test(python)) throw errors.source_invalid({ text: python, what: "a Python interpreter" });
  return python;
}

function isInPath(program: string, { PATH = "" }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => isAbsolute(folder) && existsSync(join(folder, program)));
}

function asWanted(text: string): Requirement {
  return { kind: "package", text, name: text.split(/[=\s]/, 1)[0] };
}

function isFolder({ kind, text }: Requirement, projectFolder: string): boolean {
  const path = isAbsolute(text) ? text : join(projectFolder, text);
  return kind === "path" && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A readable prefix for the folder, for people. */
function labelOf(pip: string): string {
  const [first] = readRequirements(pip);
  return first?.name ?? basename(first?.text ?? "").replaceAll(/[^A-Za-z0-9._-]/g, "");
}

const printVersion = "import sys; print('%d.%d' % sys.version_info[:2])";
const printPrograms =
  "import json; from importlib.metadata import distributions; print(json.dumps([[d.metadata['Name'], e.name] for d in distributions() for e in d.entry_points if e.group == 'console_scripts']))";
