/** Plugins of ours that can take the place of Python ones: they know every setting that the project sets. */
import { isObject, type ReportedAbout } from "@tapline/protocol";
import type { PluginEntry } from "../model/plugin-schema.ts";

export interface NpmOffer {
  plugin: string;
  /** The plugin of npm. */
  npm: string;
  /** The settings that it does not know, so that it can't take the place. */
  unknown: string[];
}

/** By the name of the plugin that the project's one is or inherits from. */
export const ourPlugins: Readonly<Record<string, { npm: string; renamed?: Readonly<Record<string, string>> }>> = {
  "tap-csv": { npm: "tap-csv" },
  "tap-postgres": { npm: "tap-postgres" },
  "tap-mysql": { npm: "tap-mysql" },
  "target-duckdb": { npm: "target-duckdb", renamed: { path: "filepath" } },
  "target-jsonl": { npm: "target-jsonl" },
  "target-parquet": { npm: "target-parquet" },
  "target-postgres": { npm: "target-postgres" },
  "target-snowflake": { npm: "target-snowflake" },
  "meltano-map-transformer": { npm: "tapline-map" },
  "meltano-map-transform": { npm: "tapline-map" },
};

/** `entries`: what the project and its environments set of the plugin, mappings included. undefined: there is no plugin of ours for it. */
export function offerFor(plugin: string, base: string, entries: readonly PluginEntry[], about: ReportedAbout | null): NpmOffer | undefined {
  const ours = ourPlugins[base];
  if (ours === undefined || about === null) return undefined;
  const known = about.settings?.properties ?? {};
  const set = entries.flatMap(({ config = {} }) => Object.keys(config)).map((name) => ours.renamed?.[name] ?? name);
  return { plugin, npm: ours.npm, unknown: [...new Set(set)].filter((name) => !Object.hasOwn(known, name)) };
}

/** The entry with the plugin of npm in place of the Python one. */
export function withNpm(entry: PluginEntry, base: string): PluginEntry {
  const ours = ourPlugins[base];
  const { pip: _pip, python: _python, definition: _definition, executable: _executable, config, ...others } = entry;
  const renamed = isObject(config)
    ? Object.fromEntries(Object.entries(config).map(([name, value]) => [ours?.renamed?.[name] ?? name, value]))
    : undefined;
  return { ...others, executable: ours?.npm ?? base, ...(renamed === undefined ? {} : { config: renamed }) };
}
