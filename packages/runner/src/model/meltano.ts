/** What is known of a project that is read from meltano.yml, besides what tapline.yml could say. */
import type { FilePosition } from "./file-position.ts";

export type MeltanoType = "extractor" | "loader" | "mapper" | "transformer" | "orchestrator" | "utility";

export interface MeltanoPlugin {
  type: MeltanoType;
  namespace: string;
  variant: string | undefined;
  /** The folder of the environment that Meltano installs it in, relative to the project. */
  venv: string;
  /** What the variables of its settings begin with, such as tap-github, tap_github and those of what it inherits from. */
  prefixes: readonly string[];
  /** Another variable of a setting, by the setting. */
  variables: Readonly<Record<string, string>>;
  /** Of an extractor: the schema that loaders use by default, where it is not its namespace. "" is for all environments. */
  loadSchemas: Readonly<Record<string, string>>;
}

/** Something of a Meltano project that tapline does otherwise, or not at all. */
export interface MeltanoGap {
  /** lost: it has no counterpart. differs: it works in another way. unknown: the files do not tell. */
  kind: "lost" | "differs" | "unknown";
  /** Such as "tap-github: state". */
  what: string;
  /** What happens instead, and what to do. One sentence. */
  text: string;
  position: FilePosition;
  /** The plugin that it concerns; undefined: the project. */
  plugin?: string | undefined;
  /** A run may differ because of it, so that each run of the plugin (or of any plugin) says so. */
  isOfRuns?: boolean;
}

export interface MeltanoFacts {
  plugins: Readonly<Record<string, MeltanoPlugin>>;
  /** The words that `plugin:command` stands for. */
  commands: Readonly<Record<string, readonly string[]>>;
  /** The id in tapline of a state that Meltano keeps under the name of a schedule. */
  stateIds: Readonly<Record<string, { tap: string; target: string; suffix: string }>>;
  /** Variables that are not set are errors. */
  isStrict: boolean;
  /** `state_backend` and `database_uri`, as they are written. */
  state: { uri: string | undefined; database: string | undefined; s3: Readonly<Record<string, string>> };
  gaps: readonly MeltanoGap[];
}
