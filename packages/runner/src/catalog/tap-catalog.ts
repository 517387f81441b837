/** Gets the catalog a tap is run with: from the project's file, from the cache, or by discovery, with the project's rules applied. */

import { readFileSync } from "node:fs";
import { type Catalog, type PluginEvent, parseExact, parseOrdered, type Redact } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { catalogCache } from "./cache.ts";
import { askForCatalog } from "./discover.ts";
import { hasRules, shapeCatalog } from "./shape.ts";

export interface TapCatalogOptions {
  project: Project;
  tap: ReadyPlugin;
  redact: Redact;
  /** Patterns of the command line, which narrow what the project selects. */
  filter?: readonly string[] | undefined;
  /** Discover even if a catalog is kept. */
  refresh?: boolean | undefined;
  /** Get a catalog even if no rule needs one. */
  always?: boolean | undefined;
  stop?: Promise<NodeJS.Signals> | undefined;
  onEvent(event: PluginEvent): void;
}

/** `catalog` is undefined where no rule needs one: the tap then gets the project's file as it is, or none. */
export type TapCatalog = { catalog: Catalog | undefined; warnings: string[] } | { failure: Failure };

const defaultMaxAgeHours = 24;

/** @throws catalog_invalid, select_invalid, select_unmatched, nothing_selected */
export async function tapCatalog(options: TapCatalogOptions): Promise<TapCatalog> {
  const { tap, filter, always = false } = options;
  const { name, entry } = tap.plugin;
  const rules = { select: entry.select, metadata: entry.metadata, schema: entry.schema, filter };
  // An old tap reads nothing without a catalog.
  const wantsOne = always || (tap.catalogOption === "--properties" && tap.catalog === undefined);
  if (!hasRules(rules) && !wantsOne) return { catalog: undefined, warnings: [] };
  const offered = tap.catalog === undefined ? await discovered(options) : { catalog: readFileSync(tap.catalog, "utf8") };
  if ("failure" in offered) return offered;
  const { positionOfRule: locate } = tap.plugin;
  return shapeCatalog(parseCatalog(offered.catalog), rules, {
    plugin: name,
    isFile: tap.catalog !== undefined,
    isLenient: options.project.meltano !== undefined,
    locate,
  });
}

/** The catalog as the tap printed it, now or recently. */
export async function discovered(options: TapCatalogOptions): Promise<{ catalog: string } | { failure: Failure }> {
  const { project, tap, redact, refresh, onEvent } = options;
  const { name, entry } = tap.plugin;
  const cache = catalogCache(project.folder, tap);
  const kept = refresh === true ? undefined : cache.read();
  if (kept !== undefined && kept.ageMs <= (entry.catalog_max_age_hours ?? defaultMaxAgeHours) * 3_600_000) {
    const message = `Using the catalog of ${name} that was discovered ${ageText(kept.ageMs)} ago; --refresh-catalog discovers it again`;
    onEvent({ kind: "log", level: "info", message });
    return { catalog: kept.text };
  }
  const asked = await askForCatalog(tap, redact, options);
  if ("catalog" in asked) cache.write(asked.catalog);
  return asked;
}

function parseCatalog(text: string): unknown {
  try {
    return parseOrdered(text, parseExact);
  } catch (error) {
    throw errors.catalog_unreadable({ start: text.slice(0, 80) }, {}, error);
  }
}

function ageText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${minutes} min`;
  return `${Math.round(minutes / 60)} h`;
}
