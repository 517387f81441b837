/** The types of Meltano's plugins: how its files and variables call them, and what they are in tapline. */
import type { MeltanoType } from "../../model/meltano.ts";
import type { PluginKind } from "../../model/plugin-schema.ts";

export interface TypeNames {
  type: MeltanoType;
  /** The key in meltano.yml, and the folder in plugins/ and .meltano/. */
  folder: string;
  /** As in MELTANO_EXTRACT_…: the variables of a plugin's settings, whatever it is called. */
  verb: string;
  kind: PluginKind;
}

export const pluginTypes: readonly TypeNames[] = [
  { type: "extractor", folder: "extractors", verb: "extract", kind: "tap" },
  { type: "loader", folder: "loaders", verb: "load", kind: "target" },
  { type: "mapper", folder: "mappers", verb: "map", kind: "mapper" },
  { type: "transformer", folder: "transformers", verb: "transform", kind: "utility" },
  { type: "orchestrator", folder: "orchestrators", verb: "orchestrate", kind: "utility" },
  { type: "utility", folder: "utilities", verb: "utilize", kind: "utility" },
];

export function typeNamesOf(type: MeltanoType): TypeNames {
  return pluginTypes.find((each) => each.type === type) as TypeNames;
}

/** The keys of a plugin in meltano.yml that are translated. */
export const pluginKeys: readonly string[] = [
  "name",
  "inherit_from",
  "variant",
  "namespace",
  "pip_url",
  "executable",
  "python",
  "capabilities",
  "settings",
  "settings_group_validation",
  "commands",
  "config",
  "env",
  "mappings",
];

/** Those of extractors alone. */
export const extraKeys: readonly string[] = [
  "select",
  "select_filter",
  "metadata",
  "schema",
  "catalog",
  "load_schema",
  "use_cached_catalog",
  "state",
];

/** They describe the plugin, or are about Meltano itself. */
export const describingKeys: readonly string[] = [
  "label",
  "description",
  "docs",
  "repo",
  "logo_url",
  "hidden",
  "keywords",
  "definition",
  "domain_url",
  "ext_repo",
  "maintenance_status",
  "quality",
  "prereq",
  "usage",
  "next_steps",
  "settings_preamble",
  "supported_python_versions",
  "requires",
  "requires_meltano",
  "dialect",
  "log_parser",
  "annotations",
];
