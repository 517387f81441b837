/** What a plugin prints for `--about --format json`: its schema, its type, and a reader that takes whatever part a foreign plugin prints. */

import { type Static, Type } from "../type.ts";
import { isObject } from "../wire/json.ts";

/** A setting in the JSON Schema that `--about` prints. */
export interface SettingSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  /** Its value never appears in logs, states, errors or history. */
  secret?: boolean;
  /** The value is the name of a plugin of this kind, such as "target". */
  plugin?: string;
  required?: string[];
  properties?: Record<string, SettingSchema>;
  items?: SettingSchema;
  anyOf?: SettingSchema[];
  const?: unknown;
  [keyword: string]: unknown;
}

const pythonPackages = Type.Object(
  {
    setting: Type.String({ description: "The setting that names a plugin; its executable selects the packages" }),
    unless: Type.String({ description: "A setting; where it is set, no package is needed" }),
    packages: Type.Record(Type.String(), Type.Array(Type.String()), { description: "Requirements for pip, by executable" }),
  },
  { description: "Python packages that the plugin needs; the runner makes the environment" },
);

export const aboutSchema = Type.Object(
  {
    name: Type.String(),
    version: Type.String(),
    description: Type.String(),
    capabilities: Type.Array(Type.String()),
    settings: Type.Unsafe<SettingSchema>({ type: "object", description: "JSON Schema of the config" }),
    single_writer: Type.Optional(
      Type.Object({ setting: Type.String({ description: "The setting that names a place only one process can write at a time" }) }),
    ),
    python: Type.Optional(pythonPackages),
  },
  { description: "What a plugin prints for --about --format json" },
);

/** What our plugins print. */
export type About = Static<typeof aboutSchema>;

/** What the runner knows of any plugin: a foreign one may leave out every field. */
export type ReportedAbout = Partial<About>;

export type PythonPackages = Static<typeof pythonPackages>;

/** Reads the first JSON object of the text, since some plugins print a banner before it. Fields of another form are left out; null: there is no object. */
export function readAbout(text: string): ReportedAbout | null {
  const start = text.indexOf("{");
  if (start < 0) return null;
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text.slice(start)) as Record<string, unknown>;
  } catch {
    return null;
  }
  const { capabilities, settings, single_writer: singleWriter, python } = fields;
  return {
    ...textFields(fields, ["name", "version", "description"]),
    ...(Array.isArray(capabilities) ? { capabilities: capabilities.map(String) } : {}),
    ...(isObject(settings) ? { settings: settings as SettingSchema } : {}),
    ...(isObject(singleWriter) && typeof singleWriter.setting === "string" ? { single_writer: { setting: singleWriter.setting } } : {}),
    ...(isPythonPackages(python) ? { python } : {}),
  };
}

function textFields<K extends string>(fields: Record<string, unknown>, names: readonly K[]): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  for (const name of names) if (typeof fields[name] === "string") found[name] = fields[name];
  return found;
}

function isPythonPackages(value: unknown): value is PythonPackages {
  if (!isObject(value) || typeof value.setting !== "string" || typeof value.unless !== "string" || !isObject(value.packages)) return false;
  return Object.values(value.packages).every((each) => Array.isArray(each) && each.every((text) => typeof text === "string"));
}
