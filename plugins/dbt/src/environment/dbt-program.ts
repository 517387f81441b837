/** Which dbt is started, and how: a program of the user's own, or that of the private environment. */
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
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
  if (executable !== undefined) return { command: ownProgram(executable, project), leadingArgs: [] };
  if (python === null) throw errors.dbt_not_installed({});
  return {
    command: join(python, "bin", "python"),
    leadingArgs: ["-P", fileURLToPath(new URL("../../python/start_dbt.py", import.meta.url))],
  };
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
