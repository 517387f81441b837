/** The catalog that a run gives its tap, and what it tells the target about the streams of the tap. */
import { type Catalog, capabilities, hasCapability, type PluginEvent, refusalsToContinue } from "@tapline/protocol";
import { tapCatalog } from "../catalog/tap-catalog.ts";
import type { Failure } from "../model/failure.ts";
import { handlePluginEvent, type LiveRun } from "./live-run.ts";
import type { TargetSettings } from "./plugin-arguments.ts";
import type { RunOptions } from "./run-options.ts";
import type { StartState } from "./start-state.ts";
import { targetSettingsOf } from "./target-settings.ts";

/** Asks the tap for a catalog where rules name streams, or the streams are to be split, and none is kept. */
export async function chooseCatalog(
  run: LiveRun,
  options: RunOptions,
  always = (options.parallel ?? 1) > 1 || needsNames(run, options),
): Promise<{ catalog: Catalog | undefined } | { failure: Failure }> {
  const { project, filter, refreshCatalog: refresh } = options;
  const { tap, redact } = run.step;
  const onEvent = (event: PluginEvent): void => handlePluginEvent(run, { role: "tap", ready: tap }, event);
  const chosen = await tapCatalog({ project, tap, redact, filter, refresh, always, stop: run.stop.asked, onEvent });
  if ("failure" in chosen) return chosen;
  for (const message of chosen.warnings) {
    run.state.progress.warn(message);
    run.onEvent({ type: "log", plugin: "tapline", level: "warning", message });
  }
  return chosen;
}

/**
 * After a run without a catalog: the target then compares its database for every stream that may continue, and a bookmark may be of a
 * stream that the tap no longer has. So the tap is asked before such a refusal stands. Undefined: it stands, or there is none.
 */
export async function settingsAfterRefusal(
  failure: Failure | null,
  settings: TargetSettings,
  run: LiveRun,
  start: StartState,
  options: RunOptions,
): Promise<TargetSettings | undefined> {
  const bookmarks = settings.continues?.bookmarks;
  if (failure === null || !refusalsToContinue.includes(failure.code) || bookmarks === undefined) return undefined;
  if (!hasCapability(run.step.tap.about, capabilities.discover)) return undefined;
  const chosen = await chooseCatalog(run, options, true);
  if ("failure" in chosen) return undefined;
  const { continues } = targetSettingsOf(run, start, chosen.catalog, options);
  const isFewer = continues?.streams != null && continues.streams.length < bookmarks.length;
  return isFewer ? { ...settings, continues } : undefined;
}

/**
 * Whether the target must know which streams it replaces, or, because some start over, which ones continue. Without a catalog, it would
 * refuse a run that reads a stream from its beginning because its table is gone.
 */
function needsNames({ step }: LiveRun, { replace = [], fullRefresh = false, laneCatalog }: RunOptions): boolean {
  if (laneCatalog !== undefined || replace.length > 0) return laneCatalog === undefined;
  // A check of a stream or a column that is not there must be noticed before the load.
  if (step.checks !== undefined && step.checks.length > 0 && hasCapability(step.tap.about, capabilities.discover)) return true;
  const isComparing = hasCapability(step.target.about, capabilities.continues);
  return typeof fullRefresh !== "boolean" && isComparing && hasCapability(step.tap.about, capabilities.discover);
}
