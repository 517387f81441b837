/** A plugin of a project: its settings as an environment gives them, its program, and the Python packages it comes from. */

import type { FilePosition } from "./file-position.ts";
import type { PluginEntry, PluginKind } from "./plugin-schema.ts";

/** References in its settings are replaced; what it inherits and what the environment changes are merged in. */
export interface Plugin {
  name: string;
  /** The last plugin of its chain of `inherit_from`, which has the executable. Its own name when it inherits from none. */
  base: string;
  kind: PluginKind | undefined;
  entry: PluginEntry;
  config: Record<string, unknown>;
  env: Record<string, string>;
  /** Values of variables that its config uses, by variable. */
  usedVariables: ReadonlyMap<string, string>;
  /** Values that its config got from files and commands: secret, whatever the setting is called. */
  fetched: readonly string[];
  /** Where a setting such as files.0.path is in the project's files, or else the setting that it is in; {} when none is. */
  positionOf(setting: string): FilePosition;
  /** Where a rule about streams (`select`, `metadata`, `schema`) that names this pattern is in the project's files; {} when none does. */
  positionOfRule(pattern: string): FilePosition;
}

/** The program that is started for a plugin. */
export interface Executable {
  command: string;
  /** Arguments before the plugin's own. */
  leadingArgs: string[];
  /** The file that was found, for messages. */
  path: string;
}

/** What a Python plugin is installed from. */
export interface PythonSource {
  /** The plugin whose entry names the packages: the key in tapline.lock.json. */
  name: string;
  /** Requirements for pip, separated by spaces. */
  pip: string;
  /** The interpreter. Default: python3. */
  python?: string | undefined;
}
