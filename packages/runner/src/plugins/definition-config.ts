/** Applies a definition to a plugin: defaults for its entry in tapline.yml, the form of its config, what `about` shows. Pure. */

import { exactNumber, isObject, parseExact, type ReportedAbout } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Definition, DefinitionSetting } from "../model/definition.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import { mergeDeep } from "../project/merge.ts";

/** The entry that the plugin's own entry is merged over. Default values of settings are not in it: they apply last, after aliases. */
export function entryOfDefinition({ name, executable, pip, python, select, metadata, schema }: Definition): PluginEntry {
  return {
    executable: executable ?? name,
    ...(pip === undefined ? {} : { pip }),
    ...(python === undefined ? {} : { python }),
    ...(select === undefined ? {} : { select: [...select] }),
    ...(metadata === undefined ? {} : { metadata: metadata as NonNullable<PluginEntry["metadata"]> }),
    ...(schema === undefined ? {} : { schema: schema as NonNullable<PluginEntry["schema"]> }),
  };
}

/**
 * Renames aliases to their settings, moves dotted names into objects, reads text from variables as the kind of its setting, and fills in
 * defaults. @throws setting_invalid
 */
export function shapeConfig(definition: Definition, plugin: string, config: Record<string, unknown>): Record<string, unknown> {
  let shaped = config;
  for (const { name, aliases } of definition.settings) {
    for (const spelling of [...aliases, ...(name.includes(".") ? [name] : [])]) {
      if (!Object.hasOwn(shaped, spelling)) continue;
      const { [spelling]: value, ...others } = shaped;
      // The name of a setting wins over an alias, but not over the same name written with dots.
      shaped = spelling === name || get(others, name) === undefined ? put(others, name, value) : others;
    }
  }
  for (const setting of definition.settings) {
    const value = get(shaped, setting.name) ?? defaultOf(setting.value);
    if (value !== undefined && value !== null) shaped = put(shaped, setting.name, readValue(setting, value, plugin));
  }
  return shaped;
}

/** Call it before the plugin is started with its config. @throws settings_missing */
export function checkSettings(definition: Definition, plugin: string, config: Record<string, unknown>): void {
  // The hub's groups also contain names that are no settings; nobody could set them.
  const known = new Set(definition.settings.map(({ name }) => name));
  const groups = definition.groups.map((group) => group.filter((name) => known.has(name)));
  const missing = groups.map((group) => group.filter((name) => get(config, name) === undefined || get(config, name) === null));
  if (missing.length === 0 || missing.some((names) => names.length === 0)) return;
  const fewest = missing.reduce((best, names) => (names.length < best.length ? names : best));
  throw errors.settings_missing({ plugin, missing: fewest, groups });
}

/** What the plugin reports about itself, completed from the definition. */
export function completeAbout(definition: Definition, reported: ReportedAbout | null): ReportedAbout {
  const properties = Object.fromEntries(
    definition.settings.map(({ name, description, kind, isSecret, value }) => [
      name,
      {
        description,
        ...typeOf(kind),
        ...(isSecret ? { secret: true } : {}),
        ...(value === undefined || isSecret ? {} : { default: value }),
      },
    ]),
  );
  return {
    name: definition.name,
    ...(definition.description === undefined ? {} : { description: definition.description }),
    ...(definition.capabilities === undefined ? {} : { capabilities: [...definition.capabilities] }),
    ...reported,
    settings: mergeDeep({ properties: nestSettings(properties) }, reported?.settings) as NonNullable<ReportedAbout["settings"]>,
  };
}

/** A setting may be empty. Text has no type here: a password may be a number. */
function typeOf(kind: string): { type?: string[] } {
  const types: Readonly<Record<string, string>> = {
    integer: "integer",
    decimal: "number",
    boolean: "boolean",
    array: "array",
    object: "object",
  };
  const type = Object.hasOwn(types, kind) ? types[kind] : undefined;
  return type === undefined ? {} : { type: [type, "null"] };
}

/** Definitions are written for Meltano. Of its variables only the project's folder has a meaning here: plugins run in it. */
function defaultOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const local = value.replaceAll(/\$MELTANO_PROJECT_ROOT\b|\$\{MELTANO_PROJECT_ROOT\}/g, ".");
  return /\$\{?MELTANO_/.test(local) ? undefined : local;
}

function readValue(setting: DefinitionSetting, value: unknown, plugin: string): unknown {
  const read = typeof value === "string" ? readText(setting, value, plugin) : value;
  return setting.processors.reduce((each, processor) => {
    if (processor === "upcase_string" && typeof each === "string") return each.toUpperCase();
    if (processor === "stringify" && typeof each !== "string") return JSON.stringify(each);
    return each;
  }, read);
}

/** Variables hold only text, so text may be meant as another kind. */
function readText({ name, kind, isSecret }: DefinitionSetting, text: string, plugin: string): unknown {
  const refuse = (): never => {
    const value = isSecret ? "its value" : JSON.stringify(text.slice(0, 40));
    throw errors.setting_invalid({ setting: `${plugin}.${name}`, kind, value });
  };
  switch (kind) {
    case "integer":
      return /^-?\d{1,40}$/.test(text) ? exactNumber(text) : refuse();
    case "decimal":
      return /^-?\d{1,40}(\.\d{1,40})?$/.test(text) ? exactNumber(text) : refuse();
    case "boolean":
      if (/^(true|yes|on|1)$/i.test(text)) return true;
      return /^(false|no|off|0)$/i.test(text) ? false : refuse();
    case "array":
    case "object": {
      const parsed = parseJson(text);
      return (kind === "array" ? Array.isArray(parsed) : isObject(parsed)) ? parsed : refuse();
    }
    default:
      return text;
  }
}

/** `a.b` becomes `b` in the object `a`, where the redactor looks for secrets. */
function nestSettings(properties: Record<string, object>): Record<string, object> {
  return Object.entries(properties).reduce<Record<string, object>>((nested, [name, property]) => {
    const [first = name, ...rest] = name.split(".");
    const inner = rest.length === 0 ? property : { properties: nestSettings({ [rest.join(".")]: property }) };
    nested[first] = mergeDeep(nested[first], inner) as object;
    return nested;
  }, {});
}

function get(config: unknown, name: string): unknown {
  return name.split(".").reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), config);
}

function put(config: Record<string, unknown>, name: string, value: unknown): Record<string, unknown> {
  const [first = name, ...rest] = name.split(".");
  if (rest.length === 0) return { ...config, [first]: value };
  const inner = config[first];
  return { ...config, [first]: put(isObject(inner) ? inner : {}, rest.join("."), value) };
}

function parseJson(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
