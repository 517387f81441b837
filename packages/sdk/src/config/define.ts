/**
 * A plugin declares its settings by one TypeBox object schema. The type of the config, its validation, its defaults, `--about`, the
 * settings table in the README and the completion in editors are made from it.
 *
 * Mark a setting that must never be shown with `secret: true`: `Type.String({ description: "…", secret: true })`. Its value, and
 * everything inside it, is replaced in all output; values of fewer than four characters are not.
 */

/** Other names for settings, such as those of a tool that people move from; each with the setting it stands for. */
export type SettingAliases = Readonly<Record<string, string>>;
