/**
 * How a plugin declares its settings: one TypeBox object schema. The type of the config, its validation, its defaults,
 * `--about`, the settings table in the README and the editor's completion all come from it.
 *
 * Mark what must never be shown with `secret: true`: `Type.String({ description: "…", secret: true })`.
 */

/** Other names under which a setting is known (a tool people move from), each with the name it stands for. */
export type SettingAliases = Readonly<Record<string, string>>;
