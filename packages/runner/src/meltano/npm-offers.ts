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

export interface OurPlugin {
  npm: string;
  /** Settings with another name, by their name in Python. */
  renamed?: Readonly<Record<string, string>>;
  /** Settings that ours lacks because it always does what this value means. With another value, ours can't take the place. */
  always?: Readonly<Record<string, unknown>>;
}

/** By the name of the plugin that the project's one is or inherits from. */
export const ourPlugins: Readonly<Record<string, OurPlugin>> = {
  "tap-csv": { npm: "tap-csv" },
  "tap-postgres": { npm: "tap-postgres" },
  "tap-mysql": { npm: "tap-mysql" },
  "target-duckdb": { npm: "target-duckdb", renamed: { path: "filepath" } },
  "target-jsonl": { npm: "target-jsonl", always: { do_timestamp_file: false } },
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
  const set = entries.flatMap(({ config = {} }) => Object.keys(withOurNames(config, ours)));
  return { plugin, npm: ours.npm, unknown: [...new Set(set)].filter((name) => !Object.hasOwn(known, name)) };
}

/** The entry with the plugin of npm in place of the Python one. */
export function withNpm(entry: PluginEntry, base: string): PluginEntry {
  const { pip: _pip, python: _python, definition: _definition, executable: _executable, config, ...others } = entry;
  return { ...others, executable: ourPlugins[base]?.npm ?? base, ...(config === undefined ? {} : { config }) };
}

/** The entry, also of an environment or of what inherits from the plugin, with the settings as ours has them. */
export function withOurSettings(entry: PluginEntry, base: string): PluginEntry {
  const { config } = entry;
  return isObject(config) ? { ...entry, config: withOurNames(config, ourPlugins[base]) } : entry;
}

function withOurNames(config: Readonly<Record<string, unknown>>, ours: OurPlugin | undefined): Record<string, unknown> {
  const { renamed = {}, always = {} } = ours ?? {};
  const kept = Object.entries(config).filter(([name, value]) => !Object.hasOwn(always, name) || always[name] !== value);
  return Object.fromEntries(kept.map(([name, value]) => [renamed[name] ?? name, value]));
}
