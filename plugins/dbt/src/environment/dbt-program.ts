/**
 * Which dbt is started, and how: a program of the user's own, or that of the private environment. Where it is a Python script, as in
 * any virtual environment, its Python is started with a few lines of ours that make it stop as it should.
 */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunContext } from "@tapline/protocol";
import type { Config } from "../config.ts";
import { errors } from "../errors.ts";

export interface DbtProgram {
  command: string;
  leadingArgs: readonly string[];
}

/** @throws dbt_not_installed, executable_missing */
export function dbtProgram(
  { executable }: Pick<Config, "executable">,
  { python, project }: Pick<RunContext, "python" | "project">,
): DbtProgram {
  if (executable === undefined && python === null) throw errors.dbt_not_installed({});
  const program = executable === undefined ? join(python ?? "", "bin", "dbt") : ownProgram(executable, project);
  const interpreter = interpreterOf(program);
  if (interpreter === undefined) return { command: program, leadingArgs: [] };
  return { command: interpreter, leadingArgs: [fileURLToPath(new URL("../../python/start_dbt.py", import.meta.url))] };
}

/** undefined: it is no Python script of a virtual environment. @throws executable_missing */
function interpreterOf(program: string): string | undefined {
  const start = Buffer.alloc(256);
  try {
    const file = openSync(program, "r");
    readSync(file, start, 0, start.length, 0);
    closeSync(file);
  } catch (error) {
    throw errors.executable_missing({ path: program, reason: (error as Error).message }, {}, error);
  }
  const path = /^#!(\/\S+\/bin\/python[\d.]*)\n/.exec(start.toString("latin1"))?.[1];
  return path !== undefined && existsSync(join(dirname(path), "dbt")) ? path : undefined;
}

function ownProgram(executable: string, project: string): string {
  const candidates = executable.includes("/")
    ? [resolve(project, executable)]
    : (process.env.PATH ?? "")
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, executable));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw errors.executable_missing({ path: executable, reason: "there is no such file" });
  return found;
}
