/** What a run gives its target besides the settings of the project, and the command that runs it again. */
import { type Catalog, capabilities, hasCapability } from "@tapline/protocol";
import { deselectedColumns } from "../catalog/deselected.ts";
import { mainEntry } from "../model/last-commits.ts";
import { runCommand } from "../model/run-command.ts";
import { isMapped, type Step } from "../model/step.ts";
import { continuesOf, replacedStreams } from "./continues.ts";
import type { LiveRun } from "./live-run.ts";
import { overwritesTables, type TargetSettings } from "./plugin-arguments.ts";
import type { RunOptions } from "./run-options.ts";
import type { StartState } from "./start-state.ts";

/** `itsCatalog` is what the runner chose for the tap; undefined: the tap chooses itself. */
export function targetSettingsOf(
  { step, state }: LiveRun,
  start: StartState,
  itsCatalog: Catalog | undefined,
  { fullRefresh = false, replace = [], laneCatalog }: RunOptions,
): TargetSettings {
  const catalog = itsCatalog ?? laneCatalog;
  const isNew = fullRefresh === true && start.state === null;
  const isComparing = hasCapability(step.target.about, capabilities.continues) && !isNew;
  const continues = isComparing
    ? continuesOf({
        lastCommit: state.lastCommits[mainEntry],
        state: start.state,
        isWhole: start.isWhole,
        overwrite: overwritesTables(step.target),
        catalog,
        mapped: isMapped(step),
      })
    : undefined;
  const replaced = catalog === undefined ? [] : replacedStreams(replace, start.state, catalog);
  return {
    ...(continues === undefined ? {} : { continues }),
    ...(replaced.length === 0 ? {} : { replace_streams: replaced }),
  };
}

/** What the catalog that the tap is given deselects. After a mapper, names are no longer those of the catalog. */
export function deselectedFor(step: Step, catalog: Catalog | undefined): Pick<TargetSettings, "deselected"> {
  if (catalog === undefined || !hasCapability(step.target.about, capabilities.deselected) || isMapped(step)) return {};
  const deselected = deselectedColumns(catalog);
  return Object.keys(deselected).length === 0 ? {} : { deselected };
}

/** For hints: the command that a person gives to run this step again, without further options. */
export function commandOf({ step }: LiveRun, { command, filter }: RunOptions): string {
  const { stateId, environment, tap, target } = step;
  const mappers = step.mappers.filter(({ endsEarly }) => endsEarly !== true);
  const plugins = [step.tap, ...mappers, step.target].map(({ plugin }) => plugin.name);
  const names = { tap: tap.plugin.name, target: target.plugin.name };
  return runCommand({
    command: command ?? `tapline run ${plugins.join(" ")}`,
    stateId,
    environment,
    ...names,
    ...(filter !== undefined && { filter }),
  });
}
