/** Asks a plugin one question that needs its config (`--discover`, `--test`, `--rejects list`, `--query`). The config lies in a folder that is deleted with the answer. */

import { randomBytes } from "node:crypto";
import type { Writable } from "node:stream";
import type { PluginEvent, Redact } from "@tapline/protocol";
import { type Failure, locateSetting } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { startChild } from "./child.ts";
import { type CollectOptions, collectOutput } from "./collect.ts";
import { createRunFolder, sweepRunFolders } from "./run-folder.ts";

export interface AskContext {
  project: Project;
  /** Settles with the signal to stop the plugin with. */
  stop?: Promise<NodeJS.Signals> | undefined;
  onEvent(event: PluginEvent): void;
}

export interface Question extends AskContext {
  ready: Pick<ReadyPlugin, "plugin" | "executable">;
  redact: Redact;
  flag:
    | "--check"
    | "--cutover"
    | "--digest"
    | "--discover"
    | "--files"
    | "--inventory"
    | "--query"
    | "--rejects"
    | "--rows"
    | "--scratch"
    | "--test";
  /** Written to a private file; its path follows the flag. */
  file?: unknown;
  /** The arguments after that. */
  more?: readonly string[];
  /** Reads the output as it arrives; the answer then has none. */
  read?: CollectOptions["read"];
  /** Gets the plugin's stdin, for questions that follow; it must end it. */
  talk?: (input: Writable) => void;
}

/** What the plugin printed, or why it failed. @throws plugin_not_started, store_unusable */
export async function askPlugin({
  project,
  ready,
  redact,
  flag,
  file,
  more = [],
  stop,
  onEvent,
  read,
  talk,
}: Question): Promise<{ output: string } | { failure: Failure }> {
  const { plugin, executable } = ready;
  sweepRunFolders(project.folder);
  const verb = flag.slice(2);
  using folder = createRunFolder(project.folder, `${verb}-${randomBytes(6).toString("hex")}`);
  const path = file === undefined ? [] : [folder.write(`${verb}.json`, file)];
  const child = await startChild({
    name: plugin.name,
    executable,
    args: ["--config", folder.write("config.json", plugin.config), flag, ...path, ...more],
    cwd: project.folder,
    processEnv: project.processEnv,
    env: plugin.env,
    stdio: [talk === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // A plugin that ended does not read on; why it did is in its answer.
  child.stdin?.on("error", () => {});
  if (child.stdin !== null) talk?.(child.stdin);
  const answered = await collectOutput(child, { name: plugin.name, redact, stop, onEvent, read });
  return "failure" in answered ? { failure: locateSetting(answered.failure, plugin) } : answered;
}
