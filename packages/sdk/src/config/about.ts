/** Describes a plugin: the answer to `--about`, the settings table of its README, and the JSON Schema that editors use. */
import type { About, Opening, PythonPackages, SettingSchema, TObject } from "@tapline/protocol";
import type { Command } from "../bin/command.ts";
import type { SettingAliases } from "./define.ts";

/** A plugin with everything that `--about` prints. */
export interface Described {
  name: string;
  version: string;
  description: string;
  config: TObject;
  aliases?: SettingAliases | undefined;
  capabilities: readonly string[];
  singleWriter?: { setting: string } | undefined;
  commands?: readonly Command[] | undefined;
  python?: PythonPackages | undefined;
  opens?: readonly Opening[] | undefined;
}

/**
 * The answer to `--about --format json`.
 * @example about(describeTap(tap)).capabilities // ["about", "catalog", …]
 */
export function about(plugin: Described): About {
  return {
    name: plugin.name,
    version: plugin.version,
    description: plugin.description,
    capabilities: [...plugin.capabilities],
    settings: settingsSchema(plugin),
    ...(plugin.singleWriter ? { single_writer: plugin.singleWriter } : {}),
    ...(plugin.python ? { python: plugin.python } : {}),
    ...(plugin.opens ? { opens: [...plugin.opens] } : {}),
  };
}

/**
 * The JSON Schema for a config file that a person writes: a setting with a default is not required.
 * @example writeFileSync("tap-x-settings.schema.json", JSON.stringify(settingsSchema(describeTap(tap))));
 */
export function settingsSchema(plugin: Described): Record<string, unknown> {
  const schema = JSON.parse(JSON.stringify(plugin.config)) as SettingSchema;
  makeDefaultsOptional(schema);
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: `Settings of ${plugin.name}`, ...schema };
}

function makeDefaultsOptional(node: SettingSchema): void {
  const required = node.required?.filter((name) => node.properties?.[name]?.default === undefined);
  if (required?.length === 0) delete node.required;
  else if (required) node.required = required;
  for (const child of [...Object.values(node.properties ?? {}), ...(node.items ? [node.items] : [])]) makeDefaultsOptional(child);
}

/**
 * The settings as a Markdown table. Nested settings follow their parent, as `files[].entity`.
 * @example console.log(settingsTable(describeTap(tap)));
 */
export function settingsTable(plugin: Described): string {
  const rows = [...settingRows(plugin.config as unknown as SettingSchema, "", plugin.aliases ?? {})];
  return ["| setting | type | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/**
 * The answer to `--about --format markdown`.
 * @example console.log(aboutMarkdown(describeTarget(target)));
 */
export function aboutMarkdown(plugin: Described): string {
  return `# ${plugin.name} ${plugin.version}\n\n${plugin.description}\n\nCapabilities: ${plugin.capabilities.join(", ")}\n\n## Settings\n\n${settingsTable(plugin)}\n`;
}

function* settingRows(node: SettingSchema, prefix: string, aliases: SettingAliases): Generator<string> {
  for (const [name, setting] of Object.entries(node.properties ?? {})) {
    const also = Object.entries(aliases)
      .filter(([, target]) => prefix === "" && target === name)
      .map(([alias]) => `\`${alias}\``);
    const notes = [setting.description ?? "", also.length > 0 ? `Also ${also.join(", ")}.` : "", setting.secret ? "Secret." : ""];
    const value =
      setting.default !== undefined ? `\`${JSON.stringify(setting.default)}\`` : node.required?.includes(name) ? "required" : "";
    yield `| \`${prefix}${name}\` | ${typeText(setting)} | ${value} | ${notes.filter(Boolean).join(" ").replaceAll("|", "\\|")} |`;
    if (setting.items?.properties) yield* settingRows(setting.items, `${prefix}${name}[].`, aliases);
    else if (setting.properties) yield* settingRows(setting, `${prefix}${name}.`, aliases);
  }
}

function typeText(setting: SettingSchema): string {
  if (setting.const !== undefined) return `\`${String(setting.const)}\``;
  if (setting.anyOf) return setting.anyOf.map(typeText).join(", ");
  return setting.type === "array" ? `array of ${setting.items?.type ?? "values"}` : String(setting.type ?? "any");
}
