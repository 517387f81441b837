/**
 * Files in place of records: where tap and target both list `batch:csv` or `batch:pgcopy`, the tap gets a folder of this run for them. What the project sets itself
 * (`batch_config` of a tap) reaches the tap only where the target takes BATCH messages, and the target may then read its folder.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { capabilities, hasCapability, isObject } from "@tapline/protocol";
import { hasMaps, type Step } from "../model/step.ts";
import type { RunFolder } from "../process/run-folder.ts";

export interface BatchFiles {
  /** The settings of the tap for this run. */
  tap: Record<string, unknown>;
  /** What the target is given for this run. */
  target: { batch_folder?: string; batch_inputs?: readonly string[] };
  /** For the log. */
  note: string | undefined;
}

export function batchFiles(step: Step, folder: RunFolder): BatchFiles {
  const { tap, mappers, target } = step;
  const { config } = tap.plugin;
  const [tapName, targetName] = [tap.plugin.name, target.plugin.name];
  const isOff = step.batch === "off";
  if (config.batch_config !== undefined && config.batch_config !== null) {
    const { batch_config: own, ...others } = config;
    const root = rootOf(own);
    if (isOff) return { tap: others, target: {}, note: `batch is off, so batch_config of ${tapName} has no effect` };
    if (!hasCapability(target.about, capabilities.batch))
      return {
        tap: others,
        target: {},
        note: `${targetName} does not list batch in --about, so ${tapName} sends records: batch_config has no effect`,
      };
    const inputs = [target.plugin.config.batch_inputs ?? []].flat().map(String);
    const isKnown = target.about?.settings?.properties?.batch_inputs !== undefined;
    return { tap: config, target: root !== undefined && isKnown ? { batch_inputs: [...inputs, root] } : {}, note: undefined };
  }
  const shared = [capabilities.batchPgcopy, capabilities.batchCsv].find((each) =>
    [tap, target].every(({ about }) => hasCapability(about, each)),
  );
  if (isOff || shared === undefined || mappers.length > 0 || hasMaps(target)) return { tap: config, target: {}, note: undefined };
  const path = join(folder.path, "batch");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const batchConfig = { encoding: { format: shared.slice("batch:".length) }, storage: { root: pathToFileURL(path).href } };
  const note = `${tapName} may hand over many rows as files (${shared}), and ${targetName} deletes them after their commit`;
  return { tap: { ...config, batch_config: batchConfig }, target: { batch_folder: path }, note };
}

/** The folder of a `batch_config` as the Singer SDK has it; undefined where it is none of this machine. */
function rootOf(config: unknown): string | undefined {
  const storage = isObject(config) ? config.storage : undefined;
  const root = isObject(storage) ? storage.root : undefined;
  try {
    return typeof root === "string" ? fileURLToPath(root) : undefined;
  } catch {
    return undefined;
  }
}
