/** Applies the flags of `tapline run` to a step that is ready. Pure. */

import { errors } from "../errors.ts";
import type { ReadyPlugin, Step } from "../model/step.ts";

export interface RunSettings {
  /** Patterns of streams and columns that narrow what the project selects. */
  select?: readonly string[] | undefined;
  exclude?: readonly string[] | undefined;
  refreshCatalog?: boolean;
  /** Streams to read from the beginning; true: all. */
  fullRefresh?: boolean | readonly string[];
  /** Replaces the step's state id. */
  stateId?: string | undefined;
  stateIdSuffix?: string | undefined;
  /** The most rows of each stream. */
  limit?: number | undefined;
  /** Values for the tap's `start_date` and `end_date`. */
  from?: string | undefined;
  to?: string | undefined;
}

/** @throws range_unknown, limit_of_overwrite, state_id_invalid */
export function applySettings(step: Step, { stateId, limit, from, to }: RunSettings, limiter: (rows: number) => ReadyPlugin): Step {
  const tap = withRange(step.tap, { start_date: from, end_date: to });
  const id = stateId ?? (from === undefined && to === undefined ? step.stateId : idOfRange(step.stateId, from, to));
  if (!isStateId(id)) throw errors.state_id_invalid({ part: id });
  if (limit === undefined) return { ...step, tap, stateId: id };
  if (step.target.plugin.config.load_method === "overwrite") throw errors.limit_of_overwrite({ target: step.target.plugin.name });
  return { ...step, tap, stateId: id, mappers: [limiter(limit), ...step.mappers] };
}

/** A range has a separate bookmark: it can be continued, and the usual bookmark does not move. */
function idOfRange(stateId: string, from = "start", to = "now"): string {
  const range = `${from}_${to}`.replaceAll(/[^\w.-]/g, "-");
  const [environment, pipe, suffix] = stateId.split(":");
  return `${environment}:${pipe}:${suffix === undefined ? "" : `${suffix}.`}${range}`;
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

function isStateId(id: string): boolean {
  return /^[\w.-]+:[\w.-]+-to-[\w.-]+(:[\w.-]+)?$/.test(id);
}
