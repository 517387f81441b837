/** The form of tapline.yml. The editor's JSON Schema is made from this, and every file is checked against it. */
import { type Static, Type } from "typebox";

const pluginProperties = {
  executable: Type.Optional(
    Type.String({ minLength: 1, description: "A path (relative to this file) or a name in PATH. Default: the plugin's own name." }),
  ),
  catalog: Type.Optional(Type.String({ minLength: 1, description: "A catalog file, passed to the tap as --catalog." })),
  env: Type.Optional(Type.Record(Type.String(), Type.String(), { description: "Environment variables for this plugin." })),
  config: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: "The plugin's settings; see tapline about PLUGIN. $NAME stands for an environment variable, $$ for a dollar sign.",
    }),
  ),
};

const plugins = Type.Record(Type.String(), Type.Union([Type.Object(pluginProperties, { additionalProperties: false }), Type.Null()]), {
  description: "Taps and targets by name.",
});

export const projectSchema = Type.Object(
  {
    default_environment: Type.Optional(Type.String({ minLength: 1, description: "The environment when none is named. Default: dev." })),
    plugins: Type.Optional(plugins),
    environments: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([Type.Object({ plugins: Type.Optional(plugins) }, { additionalProperties: false }), Type.Null()]),
        { description: "What differs in an environment, merged deeply over the plugins above." },
      ),
    ),
    jobs: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.String({ pattern: "^\\s*\\S+\\s+\\S+\\s*$" }), { minItems: 1 }), {
        description: 'Named lists of steps "tap target", run one after another.',
      }),
    ),
  },
  { title: "tapline.yml", description: "A tapline project: plugins, environments and jobs.", additionalProperties: false },
);

export type ProjectFile = Static<typeof projectSchema>;

/** One plugin's entry. */
export interface PluginEntry {
  executable?: string;
  catalog?: string;
  env?: Record<string, string>;
  config?: Record<string, unknown>;
}
