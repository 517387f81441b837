/** Runs a tap with --discover and gives what it prints, which is its catalog. */
import { randomBytes } from "node:crypto";
import { collectOutput } from "../collect.ts";
import { errors } from "../errors.ts";
import type { PluginEvent } from "../plugin-output.ts";
import { checkSettings } from "../plugins/definition-config.ts";
import { startChild } from "../processes.ts";
import type { Project } from "../project/project.ts";
import type { Redact } from "../project/secrets.ts";
import { preparePlugin, type ReadyPlugin, type StepOptions } from "../run/prepare.ts";
import { createRunFolder, sweepRunFolders } from "../run/run-folder.ts";
import { asFailure, type Failure } from "../run/verdict.ts";

export interface Asked {
  project: Project;
  /** Aborted with the signal to pass on. */
  stop?: Promise<NodeJS.Signals> | undefined;
  onEvent(event: PluginEvent): void;
}

export interface DiscoverOptions extends Asked, Pick<StepOptions, "environment" | "binFolders"> {
  tap: string;
}

/** The catalog as the tap printed it, or why there is none. @throws as `preparePlugin` */
export async function discover(options: DiscoverOptions): Promise<{ catalog: string } | { failure: Failure }> {
  const ready = await preparePlugin(options.project, options.tap, options);
  return askForCatalog(ready, ready.redact, options);
}

/** The same of a tap that is ready to be started. */
export async function askForCatalog(
  { plugin, executable, definition }: Pick<ReadyPlugin, "plugin" | "executable" | "definition">,
  redact: Redact,
  { project, stop, onEvent }: Asked,
): Promise<{ catalog: string } | { failure: Failure }> {
  if (definition !== undefined) checkSettings(definition, plugin.name, plugin.config);
  sweepRunFolders(project.folder);
  using folder = createRunFolder(project.folder, `discover-${randomBytes(6).toString("hex")}`);
  const child = await startChild({
    name: plugin.name,
    executable,
    args: ["--config", folder.write("tap.config.json", plugin.config), "--discover"],
    cwd: project.folder,
    env: plugin.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const collected = await collectOutput(child, { name: plugin.name, redact, stop, onEvent });
  if ("failure" in collected) return collected;
  const catalog = collected.output;
  return isCatalog(catalog)
    ? { catalog }
    : { failure: asFailure(plugin.name, errors.catalog_unreadable({ start: redact(catalog.slice(0, 80)) })) };
}

function isCatalog(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { streams?: unknown }).streams);
  } catch {
    return false;
  }
}
