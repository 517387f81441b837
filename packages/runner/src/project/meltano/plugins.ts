/** Translates the plugins of a Meltano project, and what its environments change in them. Pure. */
import { isObject } from "@tapline/protocol";
import type { MeltanoGap, MeltanoPlugin } from "../../model/meltano.ts";
import type { PluginEntry } from "../../model/plugin-schema.ts";
import { type CommandWords, commandsOf } from "./commands.ts";
import { definitionFor, definitionOfItem, type Found, settingsIn } from "./definition.ts";
import { type Extras, extrasOf } from "./extras.ts";
import { expand, inOurs, mapTexts, refersToVariable } from "./names.ts";
import { pipOf } from "./pip.ts";
import { describingKeys, extraKeys, pluginKeys, pluginTypes, type TypeNames } from "./plugin-types.ts";
import { flatten, kindOfValue, nest, variableOf } from "./settings.ts";
import { type Item, itemsAt, itemsIn, type MeltanoSource, positionOf, textOf, textsOf } from "./source.ts";
import type { Variables } from "./variables.ts";

export interface TranslatedPlugins {
  plugins: Record<string, PluginEntry>;
  /** What an environment changes, by environment. */
  changes: Record<string, Record<string, PluginEntry>>;
  facts: Record<string, MeltanoPlugin>;
  commands: CommandWords;
  /** Where a plugin is in meltano.yml; with `environment name`, where that environment changes it. */
  origins: Map<string, Item>;
}

interface Context {
  source: MeltanoSource;
  variables: Variables;
  /** The Python of the project. */
  python: string | undefined;
  gaps: MeltanoGap[];
}

interface Read {
  item: Item;
  names: TypeNames;
  found: Found;
  parent: Read | undefined;
  prefixes: readonly string[];
}

export function translatePlugins(context: Context): TranslatedPlugins {
  const { source, gaps } = context;
  const all: TranslatedPlugins = { plugins: {}, changes: {}, facts: {}, commands: {}, origins: new Map() };
  const environments = itemsAt(source, ["environments"]);
  for (const names of pluginTypes) {
    const items = itemsAt(source, ["plugins", names.folder]);
    const reads = new Map<string, Read>();
    for (const item of items) {
      if (all.origins.has(item.name)) {
        gaps.push({
          kind: "lost",
          what: item.name,
          text: "Another plugin has this name, so this one is not there.",
          position: positionOf(item),
          plugin: item.name,
        });
        continue;
      }
      const read = readPlugin(context, names, items, item, reads);
      const { entry, facts, changes } = translate(context, read, environments);
      all.plugins[item.name] = entry;
      all.facts[item.name] = facts;
      all.origins.set(item.name, item);
      for (const change of changes) {
        all.changes[change.environment] = { ...all.changes[change.environment], [item.name]: change.entry };
        all.origins.set(`${change.environment} ${item.name}`, change.item);
      }
      if (names.kind === "utility") addCommands(context, all, read);
      if (names.kind === "mapper") addMappings(context, all, read);
    }
  }
  for (const folder of ["transforms"]) {
    for (const item of itemsAt(source, ["plugins", folder]))
      gaps.push({
        kind: "lost",
        what: item.name,
        text: "Packages of dbt are not installed. Add it to packages.yml of the dbt project.",
        position: positionOf(item),
      });
  }
  return all;
}

/** With what it inherits from, which may be below it in the file. */
function readPlugin(
  context: Context,
  names: TypeNames,
  items: readonly Item[],
  item: Item,
  reads: Map<string, Read>,
  below: readonly string[] = [],
): Read {
  const known = reads.get(item.name);
  if (known !== undefined) return known;
  const base = textOf(item.value.inherit_from);
  const parentItem = base === undefined || base === item.name || below.includes(base) ? undefined : items.find(({ name }) => name === base);
  const parent = parentItem === undefined ? undefined : readPlugin(context, names, items, parentItem, reads, [...below, item.name]);
  const found = definitionOfItem(context.source, names.folder, item, parent?.found);
  const own = base === undefined ? textOf(found.keys.namespace) : textOf(item.value.namespace);
  const read = { item, names, found, parent, prefixes: [...new Set([item.name, own ?? item.name.replaceAll("-", "_")])] };
  reads.set(item.name, read);
  return read;
}

interface Change {
  environment: string;
  item: Item;
  entry: PluginEntry;
}

function translate(
  context: Context,
  read: Read,
  environments: readonly Item[],
): { entry: PluginEntry; facts: MeltanoPlugin; changes: Change[] } {
  const { variables, gaps } = context;
  const { item, names, found, parent, prefixes } = read;
  const { name, value } = item;
  const gap = (kind: MeltanoGap["kind"], key: string, text: string): void => {
    gaps.push({
      kind,
      what: `${name}: ${key}`,
      text,
      position: positionOf(item, key),
      plugin: name,
      isOfRuns: kind === "lost" && key !== "pip_url",
    });
  };
  for (const key of Object.keys(value)) {
    if (pluginKeys.includes(key) || extraKeys.includes(key) || describingKeys.includes(key)) continue;
    gap("lost", key, "tapline does not know this key, so it has no effect.");
  }
  const given = value as { config?: unknown; env?: unknown };
  const pluginEnv = textsOf(given.env);
  const scope = variables.of(undefined, pluginEnv);
  const own = configOf(given.config);
  const settings = settingsIn(found.keys);
  const settingNames = new Set([...settings.map((each) => String(each.name)), ...own.keys(), ...inheritedKeys(parent)]);
  const inEnvironments = environments.map((environment): { environment: Item; change: Item | undefined } => {
    const path = ["config", "plugins", names.folder];
    return { environment, change: itemsIn(environment.file, environment.value, path, environment.path).find((each) => each.name === name) };
  });
  for (const { change } of inEnvironments) for (const key of configOf(change?.value.config).keys()) settingNames.add(key);
  const aliasesOf = (setting: string): string[] => {
    const aliases = settings.find((each) => each.name === setting)?.aliases;
    return Array.isArray(aliases) ? aliases.map(String) : [];
  };
  const namesOf = (setting: string) => {
    const more = settings.find((each) => each.name === setting)?.env_aliases;
    return { prefixes, aliases: aliasesOf(setting), variables: parent === undefined && Array.isArray(more) ? more.map(String) : [] };
  };

  // The variable of a setting wins over meltano.yml, also over its environments.
  const flat = new Map<string, unknown>();
  if (parent === undefined || found.source === "inline") {
    for (const { name: setting, value: byDefault } of settings)
      if (typeof byDefault === "string" && refersToVariable(byDefault)) flat.set(String(setting), inOurs(byDefault));
  }
  for (const [key, each] of own) {
    for (const alias of aliasesOf(key)) flat.delete(alias);
    flat.set(key, mapTexts(each, inOurs));
  }
  const kinds: Record<string, string> = {};
  const byVariable = new Set<string>();
  const kindFor = (setting: string, ...values: unknown[]): void => {
    if (settings.some((each) => each.name === setting)) return;
    const known = values.find((each) => each !== undefined);
    const kind = kindOfValue(known);
    if (kind !== "string") kinds[setting] = kind;
  };
  for (const setting of settingNames) {
    const variable = variableOf(setting, namesOf(setting), scope.isSet);
    if (variable === undefined) continue;
    for (const alias of aliasesOf(setting)) flat.delete(alias);
    for (const inner of [...flat.keys()]) if (inner.startsWith(`${setting}.`)) flat.delete(inner);
    flat.set(setting, `$${variable}`);
    byVariable.add(setting);
    kindFor(setting, own.get(setting), ...inEnvironments.map(({ change }) => configOf(change?.value.config).get(setting)));
  }
  const extras = names.type === "extractor" ? extrasOf(value, { prefixes, ...scope, gap }) : {};
  const loadSchemas: Record<string, string> = extras.loadSchema === undefined ? {} : { "": extras.loadSchema };
  const changes = inEnvironments.flatMap(({ environment, change }): Change[] => {
    const inner = variables.of(environment, pluginEnv, textsOf(change?.value.env));
    const changed = new Map<string, unknown>();
    for (const [key, each] of configOf(change?.value.config)) if (!byVariable.has(key)) changed.set(key, mapTexts(each, inOurs));
    for (const setting of settingNames) {
      const variable = variableOf(setting, namesOf(setting), inner.isOwn);
      if (variable === undefined || byVariable.has(setting)) continue;
      changed.set(setting, `$${variable}`);
      kindFor(setting, own.get(setting), configOf(change?.value.config).get(setting));
    }
    const moreExtras =
      names.type === "extractor" ? extrasOf(change?.value ?? {}, { prefixes, variable: inner.variable, isSet: inner.isOwn, gap }) : {};
    const env = mapTexts(textsOf(change?.value.env), inOurs) as Record<string, string>;
    const entry = entryWith(nest(changed), env, moreExtras, { canSelect: true, isBase: false });
    if (moreExtras.loadSchema !== undefined) loadSchemas[environment.name] = moreExtras.loadSchema;
    return Object.keys(entry).length === 0 ? [] : [{ environment: environment.name, item: change ?? environment, entry }];
  });
  const capabilities = Array.isArray(found.keys.capabilities) ? found.keys.capabilities.map(String) : undefined;
  const canSelect =
    capabilities === undefined ||
    (capabilities.includes("discover") && ["catalog", "properties"].some((each) => capabilities.includes(each)));
  if (!canSelect && (extras.select ?? []).length > 0)
    gap("lost", "select", "Its definition lists no capability discover and catalog, so everything is read, as by Meltano.");
  const env = mapTexts(pluginEnv, inOurs) as Record<string, string>;
  const base = entryWith(nest(flat), env, names.type === "extractor" ? withDefaults(extras, found, parent) : {}, {
    canSelect,
    isBase: true,
  });
  const extra = Object.entries(kinds).map(([setting, kind]) => ({ name: setting, kind }));
  const isInline = found.source === "inline" || extra.length > 0;
  const definition = isInline ? definitionFor(name, found.keys, [...settings, ...extra]) : found.path;
  if (found.source === undefined)
    gap(
      "unknown",
      "definition",
      `There is no lock file of it in plugins/, so its settings and their defaults are not known. Make it once with: meltano lock --all`,
    );
  const pip = pipOf(value.pip_url !== undefined || isInline || parent === undefined ? textOf(found.keys.pip_url) : undefined, (each) =>
    expand(each, scope.variable),
  );
  for (const option of pip?.dropped ?? []) gap("lost", "pip_url", `The option ${option} is not given to pip.`);
  const executable = textOf(found.keys.executable);
  const program = executable ?? (parent === undefined ? (textOf(value.inherit_from) ?? name) : undefined);
  const python = textOf(found.keys.python) ?? context.python;
  const entry: PluginEntry = {
    ...(parent === undefined ? {} : { inherit_from: parent.item.name }),
    kind: names.kind,
    ...(definition === undefined ? {} : { definition }),
    ...(pip === undefined ? {} : { pip: pip.pip }),
    ...(python === undefined || pip === undefined ? {} : { python }),
    ...(program === undefined || (found.source === "lock" && textOf(value.executable) === undefined) ? {} : { executable: program }),
    ...base,
  };
  const facts: MeltanoPlugin = {
    type: names.type,
    namespace: prefixes[1] ?? (prefixes[0] as string),
    variant: textOf(found.keys.variant),
    venv: `.meltano/${names.folder}/${venvOwner(read)}/venv`,
    prefixes: [...new Set([...prefixes, ...parentPrefixes(read), `meltano_${names.verb}`])],
    variables: Object.fromEntries(settings.flatMap((each) => (typeof each.env === "string" ? [[String(each.name), each.env]] : []))),
    loadSchemas,
  };
  return { entry, facts, changes };
}

/** What an extractor reads where meltano.yml does not say: everything, by its definition. */
function withDefaults(extras: Extras, { keys }: Found, parent: Read | undefined): Extras {
  if (parent !== undefined) return extras;
  const select = extras.select ?? (Array.isArray(keys.select) ? keys.select.map(String) : ["*.*"]);
  return { ...extras, select };
}

/** Meltano does not apply rules to a catalog that a person made. */
function entryWith(
  config: Record<string, unknown>,
  env: Record<string, string>,
  extras: Extras,
  { canSelect, isBase }: { canSelect: boolean; isBase: boolean },
): PluginEntry {
  const { select, selectFilter = [], metadata, schema, catalog, catalogMaxAgeHours } = extras;
  const hasRules = canSelect && catalog === undefined;
  const patterns = select === undefined ? undefined : [...select, ...selectFilter.filter((each) => each.startsWith("!"))];
  return {
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(Object.keys(config).length === 0 ? {} : { config }),
    ...(catalog === undefined ? {} : { catalog }),
    ...(catalogMaxAgeHours === undefined ? {} : { catalog_max_age_hours: catalogMaxAgeHours }),
    ...(hasRules && patterns !== undefined ? { select: patterns } : {}),
    ...(hasRules && metadata !== undefined && (isBase || Object.keys(metadata).length > 0) && Object.keys(metadata).length > 0
      ? { metadata }
      : {}),
    ...(hasRules && schema !== undefined && Object.keys(schema).length > 0 ? { schema } : {}),
  };
}

function configOf(config: unknown): Map<string, unknown> {
  return isObject(config) ? flatten(config) : new Map();
}

function inheritedKeys(parent: Read | undefined): string[] {
  return parent === undefined ? [] : [...configOf(parent.item.value.config).keys(), ...inheritedKeys(parent.parent)];
}

function parentPrefixes({ item, found, parent }: Read): string[] {
  if (parent !== undefined) return [...parent.prefixes, ...parentPrefixes(parent)];
  const base = textOf(item.value.inherit_from);
  return base === undefined ? [] : [base, textOf(found.keys.namespace) ?? base.replaceAll("-", "_")];
}

/** A plugin with another pip_url than what it inherits from has an environment of its own. */
function venvOwner({ item, found, parent }: Read): string {
  const pip = textOf(item.value.pip_url);
  if (parent !== undefined && (pip === undefined || pip === textOf(parent.found.keys.pip_url))) return venvOwner(parent);
  const base = textOf(item.value.inherit_from);
  if (parent === undefined && base !== undefined && (pip === undefined || pip === textOf(found.keys.pip_url))) return base;
  return item.name;
}

function addCommands({ variables }: Context, all: TranslatedPlugins, { item, found }: Read): void {
  const scope = variables.of(undefined, textsOf(item.value.env));
  const { commands, programs } = commandsOf(item.name, found.keys.commands, (text) => expand(text, scope.variable));
  Object.assign(all.commands, commands);
  for (const [name, executable] of Object.entries(programs)) {
    all.plugins[name] = { inherit_from: item.name, kind: "utility", executable };
    all.facts[name] = all.facts[item.name] as MeltanoPlugin;
  }
}

/** Each mapping of a mapper is a plugin of its own, which is what `run` names. */
function addMappings({ gaps }: Context, all: TranslatedPlugins, { item }: Read): void {
  for (const mapping of itemsIn(item.file, item.value, ["mappings"], item.path)) {
    if (all.origins.has(mapping.name)) {
      gaps.push({
        kind: "lost",
        what: mapping.name,
        text: "Another plugin has this name, so this mapping is not there.",
        position: positionOf(mapping),
        plugin: mapping.name,
      });
      continue;
    }
    const config = isObject(mapping.value.config) ? (mapTexts(mapping.value.config, inOurs) as Record<string, unknown>) : {};
    all.plugins[mapping.name] = { inherit_from: item.name, kind: "mapper", config };
    all.facts[mapping.name] = all.facts[item.name] as MeltanoPlugin;
    all.origins.set(mapping.name, mapping);
  }
}
