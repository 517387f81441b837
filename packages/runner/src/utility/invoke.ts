/** Runs a plugin alone, with its config and environment, on the input and output of the terminal. */

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:os";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { isTaplineUtility } from "../plugins/declared-packages.ts";
import { shapeConfig } from "../plugins/definition-config.ts";
import { findExecutable } from "../plugins/executable.ts";
import { withMeltanoVariables } from "../plugins/meltano-plugin.ts";
import { pluginOf } from "../plugins/resolve-plugin.ts";
import { definitionOf } from "../plugins/source.ts";
import { childEnvironment } from "../process/child-environment.ts";
import { createRunFolder, sweepRunFolders } from "../process/run-folder.ts";
import { environmentOf } from "../project/project.ts";
import { prepareUtility, takesContext } from "./prepare-utility.ts";
import { writeContext } from "./run-context.ts";

export interface InvokeOptions {
  project: Project;
  name: string;
  args: readonly string[];
  environment?: string | undefined;
  binFolders?: readonly string[];
  /** Settles with the signal to stop the plugin with. */
  stop: Promise<NodeJS.Signals>;
}

/** Resolves to the plugin's exit code; 128 + n for a signal. @throws as `pluginOf` and `findExecutable`, plugin_not_started */
export async function invokePlugin({ project, name, args, environment, binFolders, stop }: InvokeOptions): Promise<number> {
  const chosen = environmentOf(project, environment);
  const plugin = pluginOf(project, name, chosen);
  const executable = findExecutable(project, plugin, binFolders);
  const definition = definitionOf(project, name);
  const config = definition === undefined ? plugin.config : shapeConfig(definition, name, plugin.config);
  sweepRunFolders(project.folder);
  const runId = `invoke-${randomBytes(6).toString("hex")}`;
  using folder = createRunFolder(project.folder, runId);
  // Other programs, such as dbt, have their own config files and no flag --config.
  const takesConfig = plugin.kind !== undefined && plugin.kind !== "utility" && !args.includes("--config") && !args.includes("-c");
  const own = takesConfig ? ["--config", folder.write("config.json", config)] : [];
  const ready = isTaplineUtility(executable) ? await prepareUtility(project, { name, args, environment: chosen, binFolders }) : undefined;
  const takes = ready !== undefined && takesContext(ready.about);
  const context = takes ? await writeContext({ project, ready, runId, loaded: null, failedSince: null, binFolders }, folder) : {};
  const child = spawn(executable.command, [...executable.leadingArgs, ...own, ...args], {
    cwd: project.folder,
    env: childEnvironment({ ...project.processEnv, ...withMeltanoVariables(project, plugin, chosen, executable).env, ...context }),
    stdio: "inherit",
  });
  void stop.then((signal) => {
    // The terminal has already sent it to the child.
    if (!(signal === "SIGINT" && process.stdin.isTTY)) child.kill(signal);
  });
  // Awaited here, because the folder is deleted when this function returns.
  return await new Promise((resolve, reject) => {
    child.once("error", (error) => {
      reject(errors.plugin_not_started({ name, executable: executable.path, reason: error.message }, {}, error));
    });
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
