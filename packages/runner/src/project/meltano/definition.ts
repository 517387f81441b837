/** The definition of a plugin of a Meltano project: its own keys over the lock file of the plugin that it is or inherits from. Pure. */
import { isObject } from "@tapline/protocol";
import type { Item, MeltanoSource } from "./source.ts";
import { textOf } from "./source.ts";

type Keys = Readonly<Record<string, unknown>>;

export interface Found {
  /** Keys of the definition, in the hub's form; {} where there is none. */
  keys: Keys;
  /** Its path in the project, where the plugin changes nothing in it. */
  path: string | undefined;
  /** undefined: there is no lock file, and the plugin is not defined in meltano.yml. */
  source: "lock" | "inline" | "parent" | undefined;
}

/** The keys by which meltano.yml defines or changes a plugin. */
const defining = ["settings", "capabilities", "settings_group_validation", "commands"] as const;
const others = ["pip_url", "executable", "python", "namespace", "variant", "description"] as const;

/** `parent`: of the plugin of the project that it inherits from. */
export function definitionOfItem(source: MeltanoSource, folder: string, { value, name }: Item, parent: Found | undefined): Found {
  const isCustom = value.inherit_from === undefined && textOf(value.namespace) !== undefined;
  const base = textOf(value.inherit_from) ?? name;
  const lock = isCustom || parent !== undefined ? undefined : lockOf(source, folder, base, textOf(value.variant));
  const under = parent?.keys ?? lock?.keys ?? {};
  const changes = defining.some((key) => value[key] !== undefined && value[key] !== null);
  const keys = withOwn(isCustom ? { capabilities: [], settings: [], ...under } : under, value);
  if (isCustom) return { keys, path: undefined, source: "inline" };
  if (parent !== undefined)
    return { keys, path: undefined, source: changes ? "inline" : parent.source === undefined ? undefined : "parent" };
  if (lock === undefined) return { keys, path: undefined, source: changes ? "inline" : undefined };
  return { keys, path: lock.path, source: changes ? "inline" : "lock" };
}

function withOwn(under: Keys, own: Keys): Keys {
  const keys: Record<string, unknown> = { ...under };
  for (const key of ["capabilities", "settings_group_validation", ...others])
    if (own[key] !== undefined && own[key] !== null) keys[key] = own[key];
  if (Array.isArray(own.settings)) {
    const names = own.settings.map((each) => (isObject(each) ? each.name : undefined));
    keys.settings = [...settingsIn(under).filter((each) => !names.includes(each.name)), ...own.settings];
  }
  if (isObject(own.commands)) keys.commands = { ...(isObject(under.commands) ? under.commands : {}), ...own.commands };
  return keys;
}

export function settingsIn({ settings }: Keys): Record<string, unknown>[] {
  return Array.isArray(settings) ? settings.filter(isObject).filter(({ name }) => typeof name === "string") : [];
}

/** Without a variant in meltano.yml, the only lock file of the plugin. */
function lockOf(
  source: MeltanoSource,
  folder: string,
  name: string,
  variant: string | undefined,
): { keys: Keys; path: string } | undefined {
  const wanted = variant === undefined ? undefined : `${folder}/${name}--${variant}`;
  const own = source.locks.names.filter((each) => each === `${folder}/${name}` || each.startsWith(`${folder}/${name}--`));
  const found =
    own.find((each) => each === wanted) ?? own.find((each) => each === `${folder}/${name}`) ?? (wanted === undefined ? own[0] : undefined);
  const keys = found === undefined ? undefined : source.locks.read(found);
  return keys === undefined ? undefined : { keys, path: `plugins/${found}.lock` };
}

/** What of a definition tapline reads, as it may stand in tapline.yml. */
export function definitionFor(name: string, keys: Keys, settings: readonly Keys[]): Record<string, unknown> {
  const kept = ["variant", "description", "capabilities", "settings_group_validation"].flatMap((key) =>
    keys[key] === undefined || keys[key] === null ? [] : [[key, keys[key]]],
  );
  return { name, ...Object.fromEntries(kept), settings: settings.map(settingFor) };
}

function settingFor(setting: Keys): Keys {
  const kept = ["name", "kind", "aliases", "value", "sensitive", "description", "value_processor", "value_post_processor"];
  return Object.fromEntries(kept.flatMap((key) => (setting[key] === undefined || setting[key] === null ? [] : [[key, setting[key]]])));
}
