/** A plugin's entry in tapline.yml: where it comes from, its settings, and which of its data is read. */
import { Type } from "@tapline/protocol";
import { type FilesSettings, filesSettings } from "./files-schema.ts";

export type PluginKind = "tap" | "target" | "mapper" | "utility";

export interface PluginEntry {
  inherit_from?: string;
  kind?: PluginKind;
  pip?: string;
  python?: string;
  definition?: string | Record<string, unknown>;
  executable?: string;
  env?: Record<string, string>;
  config?: Record<string, unknown>;
  catalog?: string;
  catalog_max_age_hours?: number;
  select?: string[];
  metadata?: Record<string, Record<string, unknown>>;
  schema?: Record<string, Record<string, Record<string, unknown>>>;
  files?: FilesSettings;
}

const name = Type.String({ minLength: 1 });
const pattern = Type.String({ minLength: 1 });
const objects = Type.Record(Type.String(), Type.Unknown());

const settingsHelp = `The plugin's settings; see tapline about PLUGIN. $NAME and \${NAME} stand for variables (of the environment, .env, env), $$ for a dollar sign. A value can also be { $file: PATH } or { $command: [PROGRAM, ARGUMENT…] }: the text of a file or what a program prints.`;

const pluginProperties = {
  inherit_from: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "Another plugin whose entry this one starts from, merged deeply; its executable too. An environment may name another one.",
    }),
  ),
  kind: Type.Optional(
    Type.Union([Type.Literal("tap"), Type.Literal("target"), Type.Literal("mapper"), Type.Literal("utility")], {
      description:
        "What the plugin is. Needed only where neither its name (tap-…, target-…, map…) nor that of the plugin it inherits from shows it.",
    }),
  ),
  executable: Type.Optional(
    Type.String({ minLength: 1, description: "A path (relative to this file) or a name in PATH. Default: the plugin's own name." }),
  ),
  pip: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "The Python packages it is installed from, separated by spaces: NAME==VERSION, git+https://…, or a path that begins with ./",
    }),
  ),
  python: Type.Optional(
    Type.String({
      minLength: 1,
      description: "The Python that its environment is created with, such as python3.11 or a path. Default: python3.",
    }),
  ),
  definition: Type.Optional(
    Type.Union([Type.String({ minLength: 1 }), objects], {
      description: "A file in the form of Meltano's hub that lists the plugin's settings and capabilities, or what such a file contains.",
    }),
  ),
  env: Type.Optional(Type.Record(Type.String(), Type.String(), { description: "Environment variables for this plugin." })),
  config: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: settingsHelp })),
  catalog: Type.Optional(
    Type.String({
      minLength: 1,
      description: "A catalog file to use instead of discovery. select, metadata and schema apply to it.",
    }),
  ),
  catalog_max_age_hours: Type.Optional(
    Type.Number({ minimum: 0, description: "How long a discovered catalog is used before it is discovered again. Default: 24; 0: never." }),
  ),
  select: Type.Optional(
    Type.Array(pattern, {
      description:
        'What to read from a tap: "stream" or "stream.column", with * and ?. A "!" in front excludes, and wins. Default: what the tap selects.',
    }),
  ),
  metadata: Type.Optional(
    Type.Record(name, objects, {
      description: 'Singer metadata by "stream" or "stream.column" (with * and ?), such as replication-method and replication-key.',
    }),
  ),
  schema: Type.Optional(
    Type.Record(name, Type.Record(name, objects), {
      description: "JSON Schema by stream and column (with * and ?), merged over what the tap discovers.",
    }),
  ),
  files: Type.Optional(filesSettings),
};

export const plugins = Type.Record(
  Type.String(),
  Type.Union([Type.Object(pluginProperties, { additionalProperties: false }), Type.Null()]),
  {
    description: "Taps, targets, mappers and other programs by name.",
  },
);
