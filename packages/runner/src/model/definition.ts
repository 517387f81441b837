/** A plugin's definition in the form of Meltano's hub: which package it is, what it can do, which settings it has. */

/** https://hub.meltano.com: `_data/meltano/<type>/<name>/<variant>.yml`. */
export interface Definition {
  name: string;
  variant: string | undefined;
  description: string | undefined;
  /** Requirements for pip with spaces between, as the hub has them. */
  pip: string | undefined;
  python: string | undefined;
  executable: string | undefined;
  /** undefined: not told. */
  capabilities: readonly string[] | undefined;
  settings: readonly DefinitionSetting[];
  /** One of them must be set wholly; none: nothing is needed. */
  groups: readonly (readonly string[])[];
  select: readonly string[] | undefined;
  metadata: Record<string, unknown> | undefined;
  schema: Record<string, unknown> | undefined;
}

export interface DefinitionSetting {
  /** Dots stand for places in objects. */
  name: string;
  kind: string;
  aliases: readonly string[];
  isSecret: boolean;
  description: string;
  /** undefined: none. */
  value: unknown;
  processors: readonly string[];
}
