/** A plugin's definition in the form of Meltano's hub: which package it is, what it can do, which settings it has. */

/** https://hub.meltano.com: `_data/meltano/<type>/<name>/<variant>.yml`. */
export interface Definition {
  name: string;
  variant: string | undefined;
  description: string | undefined;
  /** Requirements for pip, separated by spaces as in the hub. */
  pip: string | undefined;
  python: string | undefined;
  executable: string | undefined;
  /** undefined: the definition does not list them. */
  capabilities: readonly string[] | undefined;
  settings: readonly DefinitionSetting[];
  /** All settings of at least one group must be set. No groups: nothing is required. */
  groups: readonly (readonly string[])[];
  select: readonly string[] | undefined;
  metadata: Record<string, unknown> | undefined;
  schema: Record<string, unknown> | undefined;
}

export interface DefinitionSetting {
  /** A dot leads into an object: `a.b` is `b` in the object `a`. */
  name: string;
  kind: string;
  aliases: readonly string[];
  isSecret: boolean;
  description: string;
  /** The default; undefined: none. */
  value: unknown;
  processors: readonly string[];
}
