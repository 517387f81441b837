/** Gathers a config from its sources: files (later over earlier) and, for `--config ENV`, the environment over `.env`. */
import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import type { TObject } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { SettingAliases } from "./define.ts";

export interface ConfigSources {
  plugin: string;
  schema: TObject;
  aliases?: SettingAliases | undefined;
  /** Paths of JSON files, later ones over earlier ones; "ENV" means the environment. */
  sources: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** @throws config_file_missing, config_file_unreadable, config_file_not_json, config_invalid */
export async function readConfig({ plugin, schema, aliases, sources, env }: ConfigSources): Promise<Record<string, unknown>> {
  const config: Record<string, unknown> = {};
  for (const source of sources) {
    Object.assign(
      config,
      source === "ENV" ? fromEnvironment(plugin, schema, aliases ?? {}, { ...(await dotEnv()), ...env }) : await readJsonObject(source),
    );
  }
  return config;
}

/** @throws config_file_missing, config_file_unreadable, config_file_not_json */
export async function readJsonObject(path: string, parse: (text: string) => unknown = JSON.parse): Promise<Record<string, unknown>> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw errors.config_file_missing({ path });
    throw errors.config_file_unreadable({ path, reason: error.code === "EISDIR" ? "it is a folder" : (error.code ?? error.message) });
  });
  let value: unknown;
  try {
    value = parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // V8's message quotes the text around the error, which may be a password.
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    throw errors.config_file_not_json({
      path,
      reason: position === undefined ? "it ends too soon" : `the error is near character ${Number(position) + 1}`,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw errors.config_file_not_json({ path, reason: "it does not hold an object" });
  return value as Record<string, unknown>;
}

/** Reads variables such as TAP_CSV_FILES for the setting `files` of tap-csv. A string setting takes the text as it is; other types are JSON. */
function fromEnvironment(plugin: string, schema: TObject, aliases: SettingAliases, env: NodeJS.ProcessEnv): Record<string, unknown> {
  const prefix = `${plugin.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}_`;
  const config: Record<string, unknown> = {};
  for (const name of [...Object.keys(schema.properties), ...Object.keys(aliases)]) {
    const text = env[prefix + name.toUpperCase()];
    if (text === undefined) continue;
    const type = (schema.properties[aliases[name] ?? name] as { type?: string } | undefined)?.type;
    config[name] = type === "string" ? text : parseSetting(prefix + name.toUpperCase(), text, type, plugin);
  }
  return config;
}

function parseSetting(variable: string, text: string, type: string | undefined, plugin: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (type === undefined) return text;
    throw errors.config_invalid({ problems: [`the environment variable ${variable} must hold a JSON ${type}`], plugin });
  }
}

async function dotEnv(): Promise<NodeJS.ProcessEnv> {
  const text = await readFile(".env", "utf8").catch(() => "");
  return parseEnv(text) as NodeJS.ProcessEnv;
}
