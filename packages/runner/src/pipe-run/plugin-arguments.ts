/** How a plugin is called in a run: its arguments, the files they name, and how long it may take to stop. */
import { type Check, type Continues, capabilities, hasCapability, type TargetFacts } from "@tapline/protocol";
import { keepsLedger } from "../model/guarantee.ts";
import type { RunFacts } from "../model/run-facts.ts";
import type { ReadyPlugin, Step } from "../model/step.ts";
import type { Grace } from "../model/stop.ts";
import type { RunFolder } from "../process/run-folder.ts";

/** What of a run its plugins are given. */
export type Call = Pick<RunFacts, "step" | "runId" | "ledgerId">;

/** In a target's setting `replace_streams`: all of them. */
export const allStreams = "*";

/** What a target is given for one run. */
export interface TargetSettings {
  continues?: Continues;
  replace_streams?: readonly string[];
  deselected?: Readonly<Record<string, readonly string[]>>;
  checks?: readonly Check[];
  commit_checks?: readonly Check[];
  commit_once?: boolean;
  replace_range?: Readonly<Record<string, { column: string; from: string; to: string }>>;
  batch_folder?: string;
  batch_inputs?: readonly string[];
}

/** `config`: the tap's settings for this run. */
export function tapArguments({ step }: Call, folder: RunFolder, state: string | null, config = step.tap.plugin.config): string[] {
  const { catalog, catalogOption = "--catalog" } = step.tap;
  const args = ["--config", folder.write("tap.config.json", config)];
  if (catalog !== undefined) args.push(catalogOption, catalog);
  if (state !== null && takesState(step.tap)) args.push("--state", folder.write("state.json", state));
  return args;
}

/** A definition that lists capabilities lists `state` too, if the tap knows the flag. */
function takesState({ definition }: ReadyPlugin): boolean {
  return definition?.capabilities === undefined || hasCapability(definition, capabilities.state);
}

export function mapperArguments({ plugin }: ReadyPlugin, folder: RunFolder, at: number): string[] {
  return ["--config", folder.write(`mapper-${at}.config.json`, plugin.config)];
}

/** `settings` are those of this run alone. */
export function targetArguments({ step, runId, ledgerId }: Call, folder: RunFolder, settings: TargetSettings = {}): string[] {
  const { plugin, about } = step.target;
  const ledger = keepsLedger(about) ? { state_id: ledgerId, run_id: runId } : {};
  const config = { ...plugin.config, ...ledger, ...settings };
  return ["--config", folder.write("target.config.json", config)];
}

/** What mappers must know as well, for they may drop rows, messages, and fields of messages. */
const throughMappers: readonly string[] = [capabilities.replaceSource, capabilities.partialRecords];

/** What the tap may know of the target. */
export function targetFactsOf({ mappers, target }: Pick<Step, "mappers" | "target">): TargetFacts {
  const { plugin, about } = target;
  const passes = (capability: string): boolean =>
    !throughMappers.includes(capability) || mappers.every((mapper) => hasCapability(mapper.about, capability));
  const method = overwritesTables(target) ? "overwrite" : plugin.config.load_method;
  return {
    capabilities: (about?.capabilities ?? []).filter(passes),
    load_method: typeof method === "string" ? method : null,
  };
}

/** Whether the target replaces whole tables, so that it must get whole streams. */
export function overwritesTables({ plugin }: ReadyPlugin): boolean {
  const { load_method: method, replace_streams: replaced } = plugin.config;
  return method === "overwrite" || (Array.isArray(replaced) && replaced.includes(allStreams));
}

/** A target that is committing its last cut must not be killed just before it is done. */
export function graceOf({ target }: Step): Grace {
  const setting = target.about?.settings?.properties?.shutdown_timeout_ms;
  if (setting === undefined) return { tapMs: 5000, targetMs: 15_000 };
  const ownMs = [target.plugin.config.shutdown_timeout_ms, setting.default].find((value) => typeof value === "number") ?? 10_000;
  return { tapMs: 5000, targetMs: ownMs + 5000 };
}
