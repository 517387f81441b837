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

const opening = Type.Object(
  {
    schemes: Type.Optional(Type.Array(Type.String(), { description: 'Addresses that begin so, as "postgres" for postgres://…' })),
    extensions: Type.Optional(Type.Array(Type.String(), { description: 'Files whose names end so, as ".csv"' })),
    setting: Type.String({ description: "The setting that gets the address: the path of the file, or the whole URL" }),
    without_scheme: Type.Optional(Type.Boolean({ description: "It gets the address without its scheme and the colon after it" })),
    patterns: Type.Optional(Type.Boolean({ description: "The setting also takes a folder, or a pattern with * in the name of the file" })),
    list: Type.Optional(
      Type.String({ description: "The setting that is a list of streams; `setting`, `stream` and `keys` are then keys of its items" }),
    ),
    stream: Type.Optional(Type.String({ description: "The key that gets the name of the stream" })),
    keys: Type.Optional(Type.String({ description: "The key that gets the list of key columns" })),
    read_again: Type.Optional(
      Type.String({
        description:
          "The key that is set to true where the files are to be read from their start, while the bookmarks of the stream's other files stay",
      }),
    ),
  },
  { description: "Addresses or files that the plugin can open, and the settings that are made of one" },
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
    opens: Type.Optional(Type.Array(opening)),
  },
  { description: "What a plugin prints for --about --format json" },
);

/** What our plugins print. */
export type About = Static<typeof aboutSchema>;

/** What the runner knows of any plugin: a foreign one may leave out every field. */
export type ReportedAbout = Partial<About>;

/** What a plugin can open, for `tapline load` and `tapline init`. */
export type Opening = Static<typeof opening>;

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
  const { capabilities, settings, single_writer: singleWriter, python, opens } = fields;
  return {
    ...textFields(fields, ["name", "version", "description"]),
    ...(Array.isArray(capabilities) ? { capabilities: capabilities.map(String) } : {}),
    ...(isObject(settings) ? { settings: settings as SettingSchema } : {}),
    ...(isObject(singleWriter) && typeof singleWriter.setting === "string" ? { single_writer: { setting: singleWriter.setting } } : {}),
    ...(isPythonPackages(python) ? { python } : {}),
    ...(Array.isArray(opens) ? { opens: opens.filter(isOpening) } : {}),
  };
}

function textFields<K extends string>(fields: Record<string, unknown>, names: readonly K[]): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  for (const name of names) if (typeof fields[name] === "string") found[name] = fields[name];
  return found;
}

function isOpening(value: unknown): value is Opening {
  if (!isObject(value) || typeof value.setting !== "string") return false;
  const isTexts = (list: unknown): boolean => list === undefined || (Array.isArray(list) && list.every((each) => typeof each === "string"));
  const isText = (text: unknown): boolean => text === undefined || typeof text === "string";
  return isTexts(value.schemes) && isTexts(value.extensions) && [value.list, value.stream, value.keys, value.read_again].every(isText);
}

function isPythonPackages(value: unknown): value is PythonPackages {
  if (!isObject(value) || typeof value.setting !== "string" || typeof value.unless !== "string" || !isObject(value.packages)) return false;
  return Object.values(value.packages).every((each) => Array.isArray(each) && each.every((text) => typeof text === "string"));
}
