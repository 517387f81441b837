/** Applies what is asked of a run to a step that is ready. Pure. */

import { capabilities, hasCapability } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { keepsLedger } from "../model/guarantee.ts";
import type { JobRequest } from "../model/job-request.ts";
import { stateIdOfPart, stateIdWith } from "../model/state-id.ts";
import { mapperIn, type ReadyPlugin, type Step } from "../model/step.ts";
import { allStreams, overwritesTables } from "../pipe-run/plugin-arguments.ts";

/** @throws range_unknown, limit_of_overwrite, replace_unknown, replace_mapped, replace_limited, ledger_not_kept, keep_unknown, follow_unknown, follow_of_overwrite, state_id_invalid */
export function applySettings(
  given: Step,
  request: Omit<JobRequest, "words">,
  limiter: (rows: number, appends: boolean) => ReadyPlugin,
): Step {
  const { state_id: stateId, limit, from, to, keep = false, replace = false, from_ledger: fromLedger = false, trigger } = request;
  if (fromLedger && !keepsLedger(given.target.about)) throw errors.ledger_not_kept({ target: given.target.plugin.name });
  if (replace !== false && limit !== undefined) throw errors.replace_limited({});
  if (request.follow === true) checkFollow(given);
  const isPart = trigger?.kind === "backfill" || request.replace_range === true;
  const range = isPart && from !== undefined && to !== undefined ? { from, to, replaces: request.replace_range === true } : undefined;
  const step = { ...(replace === false ? given : withReplace(given, replace)), ...(range !== undefined && { range }) };
  const tap = withRange(keep ? withKeep(step.tap) : step.tap, { start_date: from, end_date: to });
  const own = from === undefined && to === undefined ? step.stateId : idOfRange(step.stateId, from, to);
  const id = stateId ?? (trigger?.kind === "backfill" ? stateIdOfPart(step.stateId, trigger.id, trigger.partition) : own);
  if (!isStateId(id)) throw errors.state_id_invalid({ part: id, isWhole: true });
  if (limit === undefined) return { ...step, tap, stateId: id };
  if (step.target.plugin.config.load_method === "overwrite") throw errors.limit_of_overwrite({ target: step.target.plugin.name });
  return { ...step, tap, stateId: id, mappers: [limiter(limit, appendsAlways(step.target)), ...step.mappers] };
}

/** @throws follow_unknown, follow_of_overwrite */
function checkFollow({ tap, target }: Step): void {
  if (!hasCapability(tap.about, capabilities.follow)) throw errors.follow_unknown({ tap: tap.plugin.name });
  if (overwritesTables(target)) throw errors.follow_of_overwrite({ target: target.plugin.name, why: "load_method: overwrite" });
}

/** A range has a separate bookmark: it can be continued, and the usual bookmark does not move. */
function idOfRange(stateId: string, from = "start", to = "now"): string {
  return stateIdWith(stateId, `${from}_${to}`.replaceAll(/[^\w.-]/g, "-"));
}

function withRange(tap: ReadyPlugin, range: Record<string, string | undefined>): ReadyPlugin {
  const { plugin, about } = tap;
  const config = { ...plugin.config };
  for (const [setting, value] of Object.entries(range)) {
    if (value === undefined) continue;
    // A tap that does not know the setting would read everything without a warning.
    const isKnown = about?.settings?.properties?.[setting] !== undefined || setting in plugin.config;
    if (!isKnown) throw errors.range_unknown({ tap: plugin.name, setting });
    config[setting] = value;
  }
  return { ...tap, plugin: { ...plugin, config } };
}

/** All streams are named `*`, so that nobody needs to know their names before the run. The load method stays: it decides about keys. */
function withReplace(step: Step, replace: true | readonly string[]): Step {
  const { plugin, about } = step.target;
  if (!hasCapability(about, capabilities.replaceStreams)) throw errors.replace_unknown({ target: plugin.name });
  const mapper = mapperIn(step);
  if (replace !== true && mapper !== undefined) throw errors.replace_mapped({ mapper });
  if (replace !== true) return step;
  const config = { ...plugin.config, replace_streams: [allStreams] };
  return { ...step, replacesAll: true, target: { ...step.target, plugin: { ...plugin, config } } };
}

function withKeep(tap: ReadyPlugin): ReadyPlugin {
  const { plugin, about } = tap;
  if (about?.settings?.properties?.changed_settings === undefined) throw errors.keep_unknown({ tap: plugin.name });
  return { ...tap, plugin: { ...plugin, config: { ...plugin.config, changed_settings: "keep" } } };
}

/** Whether the target adds rows also to tables with keys. */
function appendsAlways({ plugin: { config } }: ReadyPlugin): boolean {
  return config.load_method === "append-only" || config.load_method === "append";
}

function isStateId(id: string): boolean {
  return /^[\w.-]+:[\w.-]+-to-[\w.-]+(:[\w.-]+)?$/.test(id);
}
