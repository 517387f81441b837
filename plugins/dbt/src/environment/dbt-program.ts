/**
 * Finds the dbt to start: the program from the setting `executable`, or the one that was installed. If it is a Python script, as in any
 * virtual environment, its Python is started with start_dbt.py, which makes dbt stop correctly.
 */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import type { RunContext } from "@tapline/protocol";
import type { Config } from "../config.ts";
import { errors } from "../errors.ts";
import { pythonScript } from "../python-script.ts";

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
  const program = executable === undefined ? join(python ?? "", "bin", "dbt") : configuredProgram(executable, project);
  const interpreter = interpreterOf(program);
  if (interpreter === undefined) return { command: program, leadingArgs: [] };
  return { command: interpreter, leadingArgs: [pythonScript] };
}

/** The Python of the script's virtual environment; undefined when it is not such a script. @throws executable_missing */
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

function configuredProgram(executable: string, project: string): string {
  const candidates = executable.includes("/")
    ? [resolve(project, executable)]
    : (process.env.PATH ?? "")
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, executable));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw errors.executable_missing({ path: executable, reason: "the file does not exist" });
  return found;
}
