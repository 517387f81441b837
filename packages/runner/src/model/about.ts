/** As much as was told; our plugins tell all of it. */
export interface About {
  name?: string;
  version?: string;
  description?: string;
  capabilities?: string[];
  settings?: { properties?: Record<string, ToldSetting>; [key: string]: unknown };
  single_writer?: { setting: string };
  python?: PythonNeed;
}

/** Python packages it needs, by the executable of the plugin that one of its settings names. */
export interface PythonNeed {
  setting: string;
  /** With this setting none is needed. */
  unless: string;
  packages: Readonly<Record<string, readonly string[]>>;
}

export interface ToldSetting {
  secret?: boolean;
  description?: string;
  default?: unknown;
  /** Its value is the name of a plugin of this kind. */
  plugin?: string;
  [key: string]: unknown;
  /** Of an object. */
  properties?: Record<string, ToldSetting>;
}

/** Takes the first JSON object of the text: some plugins print a banner before it. */
export function readAbout(text: string): About | null {
  const start = text.indexOf("{");
  if (start < 0) return null;
  try {
    const told = JSON.parse(text.slice(start)) as Record<string, unknown>;
    const { capabilities, settings, single_writer: place, python } = told;
    return {
      ...textFields(told, ["name", "version", "description"]),
      ...(Array.isArray(capabilities) ? { capabilities: capabilities.map(String) } : {}),
      ...(isObject(settings) ? { settings: settings as NonNullable<About["settings"]> } : {}),
      ...(isObject(place) && typeof place.setting === "string" ? { single_writer: { setting: place.setting } } : {}),
      ...(isPythonNeed(python) ? { python } : {}),
    };
  } catch {
    return null;
  }
}

function textFields<K extends string>(from: Record<string, unknown>, names: readonly K[]): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  for (const name of names) if (typeof from[name] === "string") found[name] = from[name];
  return found;
}

function isPythonNeed(told: unknown): told is PythonNeed {
  if (!isObject(told) || typeof told.setting !== "string" || typeof told.unless !== "string" || !isObject(told.packages)) return false;
  return Object.values(told.packages).every((each) => Array.isArray(each) && each.every((text) => typeof text === "string"));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
