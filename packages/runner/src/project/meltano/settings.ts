/** Settings as Meltano sees them: a flat list in which a dot leads into an object, and variables that override them. Pure. */
import { isObject } from "@tapline/protocol";
import { variableName } from "./names.ts";

/** Objects that are not empty become keys with dots. A setting that is null is not set. */
export function flatten(config: Readonly<Record<string, unknown>>, above = ""): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, value] of Object.entries(config)) {
    const name = `${above}${key}`;
    if (isObject(value) && Object.keys(value).length > 0) for (const [inner, each] of flatten(value, `${name}.`)) flat.set(inner, each);
    else if (value !== null && value !== undefined) flat.set(name, value);
  }
  return flat;
}

/** The reverse. A dot after a backslash is a part of the name. */
export function nest(flat: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [name, value] of flat) {
    const parts = name.split(/(?<!\\)\./).map((part) => part.replaceAll("\\.", "."));
    let at = config;
    for (const part of parts.slice(0, -1)) {
      const inner = Object.hasOwn(at, part) ? at[part] : undefined;
      at = isObject(inner) ? inner : define(at, part, {});
    }
    define(at, parts.at(-1) as string, value);
  }
  return config;
}

/** Also `__proto__` becomes a key. */
function define<T>(object: Record<string, unknown>, key: string, value: T): T {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

export interface SettingNames {
  prefixes: readonly string[];
  aliases?: readonly string[];
  /** Whole names of variables. */
  variables?: readonly string[];
}

/** The variable that sets this setting, the first that is set; undefined: none is. */
export function variableOf(setting: string, names: SettingNames, isSet: (variable: string) => boolean): string | undefined {
  const { prefixes, aliases = [], variables = [] } = names;
  const all = [...[setting, ...aliases].flatMap((name) => prefixes.map((prefix) => variableName(prefix, name))), ...variables];
  return all.find((name) => !name.startsWith("!") && isSet(name));
}

/** The kind of a setting that is not defined anywhere, by a value of it. */
export function kindOfValue(value: unknown): string {
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "decimal";
  if (Array.isArray(value)) return "array";
  if (isObject(value)) return "object";
  return typeof value === "object" && value !== null ? "decimal" : "string";
}
