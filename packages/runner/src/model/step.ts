/** A step that is ready to run: its plugins with their programs, their settings and what they report about themselves. */
import type { Redact, ReportedAbout } from "@tapline/protocol";
import type { Definition } from "./definition.ts";
import type { PlannedCheck } from "./planned-check.ts";
import type { Executable, Plugin } from "./plugin.ts";

/** The flag by which a tap takes its catalog. Old taps know only --properties. */
export type CatalogOption = "--catalog" | "--properties";

export interface ReadyPlugin {
  plugin: Plugin;
  executable: Executable;
  /** null: it does not answer to --about. */
  about: ReportedAbout | null;
  /** The path of the catalog file in the plugin's entry. */
  catalog: string | undefined;
  definition?: Definition | undefined;
  /** Default: --catalog. */
  catalogOption?: CatalogOption;
  /** A mapper that ends before its input does, once it has enough. */
  endsEarly?: boolean;
}

export interface StepRange {
  /** Days, or instants with the offset of the place whose time counts for keys without a zone. */
  from: string;
  to: string;
  /** The rows of the run replace those that the target has of the range. */
  replaces: boolean;
}

/** A pipe from a tap through mappers into a target. */
export interface Step {
  environment: string;
  stateId: string;
  tap: ReadyPlugin;
  mappers: readonly ReadyPlugin[];
  target: ReadyPlugin;
  redact: Redact;
  /** In this run alone, the target replaces all tables. */
  replacesAll?: boolean;
  /** Whether the tap may hand over files where both sides can. Default: auto. */
  batch?: "auto" | "off";
  checks?: readonly PlannedCheck[];
  /** Of a run that reads a part of its streams by their replication keys. */
  range?: StepRange;
  /** Where the data goes, with the target's setting that names it; null: the target does not report one. */
  place: { setting: string; value: string } | null;
}

/** What a plugin is in a step. */
export type Role = "tap" | "mapper" | "target";

/** Whether streams and columns may have other names in the target than in the catalog: a mapper, or `stream_maps` of tap or target. */
export function isMapped({ tap, mappers, target }: Pick<Step, "mappers"> & Partial<Pick<Step, "tap" | "target">>): boolean {
  return mapperIn({ tap, mappers, target }) !== undefined;
}

/** The first plugin of the step that may rename streams. A mapper that only drops rows does not. */
export function mapperIn({ tap, mappers, target }: Pick<Step, "mappers"> & Partial<Pick<Step, "tap" | "target">>): string | undefined {
  const mapping = [tap, ...mappers, target].find(
    (each) => each !== undefined && (mappers.includes(each) ? each.endsEarly !== true : hasMaps(each)),
  );
  return mapping?.plugin.name;
}

/** Whether the plugin is given stream maps. */
export function hasMaps({ plugin }: Pick<ReadyPlugin, "plugin">): boolean {
  const maps = plugin.config.stream_maps;
  return typeof maps === "object" && maps !== null && Object.keys(maps).length > 0;
}

export interface Part {
  role: Role;
  ready: ReadyPlugin;
}

/** The plugins of a step, from the tap to the target. */
export function partsOf({ tap, mappers, target }: Step): Part[] {
  return [{ role: "tap", ready: tap }, ...mappers.map((ready) => ({ role: "mapper" as const, ready })), { role: "target", ready: target }];
}
