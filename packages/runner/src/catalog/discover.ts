/** Runs a tap with --discover, which makes it print its catalog. */

import type { Redact } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { checkSettings } from "../plugins/definition-config.ts";
import { preparePlugin, type StepOptions } from "../plugins/prepare.ts";
import { type AskContext, askPlugin } from "../process/ask-plugin.ts";

export interface DiscoverOptions extends AskContext, Pick<StepOptions, "environment" | "binFolders"> {
  tap: string;
}

/** The catalog as the tap printed it, or why there is none. @throws as `preparePlugin` */
export async function discover(options: DiscoverOptions): Promise<{ catalog: string } | { failure: Failure }> {
  const ready = await preparePlugin(options.project, options.tap, options);
  return askForCatalog(ready, ready.redact, options);
}

/** The same for a tap that is ready to start. */
export async function askForCatalog(
  ready: Pick<ReadyPlugin, "plugin" | "executable" | "definition">,
  redact: Redact,
  { project, stop, onEvent }: AskContext,
): Promise<{ catalog: string } | { failure: Failure }> {
  const { plugin, definition } = ready;
  if (definition !== undefined) checkSettings(definition, plugin.name, plugin.config);
  const collected = await askPlugin({ project, ready, redact, flag: "--discover", stop, onEvent });
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
