/** Lists a plugin's settings for people: values as written, and where each comes from. References are not resolved, secrets not shown. */

import { isExactNumber, isObject, type ReportedAbout, type SettingSchema } from "@tapline/protocol";
import type { Project } from "../model/project.ts";
import { isSecretSetting } from "../model/secrets.ts";
import { entryOf, pathsOf } from "./plugin-entry.ts";
import { readReference } from "./variables.ts";

export interface SettingRow {
  name: string;
  /** undefined: the setting is neither set nor has a default. */
  value: unknown;
  /** `file`: set in the file and line of `place`. */
  source: "file" | "default" | "none";
  /** The environment in which it is set, or the plugin it is inherited from; undefined: it is in the plugin's own entry. */
  from: string | undefined;
  place: { file?: string; line?: number };
  required: boolean;
  description: string | undefined;
  /** The value is a secret written in the file as plain text. */
  isBare: boolean;
}

export function listSettings(project: Project, plugin: string, environment: string, about: ReportedAbout | null): SettingRow[] {
  const { entry, chain } = entryOf(project.parsed, plugin, environment);
  const config = entry.config ?? {};
  const known = about?.settings?.properties ?? {};
  const required = Array.isArray(about?.settings?.required) ? about.settings.required : [];
  return [...new Set([...Object.keys(config), ...Object.keys(known)])].map((name) => {
    const node = known[name] ?? {};
    const isSet = Object.hasOwn(config, name);
    const layer = isSet
      ? pathsOf(chain, environment, ["config", name]).find((path) => project.parsed.locate(path).line !== undefined)
      : undefined;
    const { file, line } = layer === undefined ? {} : project.parsed.locate(layer);
    const value = isSet ? mask(config[name], node, isSecretSetting(name, node)) : node.default;
    return {
      name,
      value,
      source: isSet ? "file" : node.default === undefined ? "none" : "default",
      from: layer === undefined ? undefined : layerName(layer, plugin),
      place: { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) },
      required: required.includes(name),
      description: node.description,
      isBare: isSet && holdsMask(value),
    };
  });
}

const masked = "***";

function mask(value: unknown, node: SettingSchema, isSecret: boolean): unknown {
  if (readReference(value) !== undefined || isReferenceText(value)) return value;
  if (Array.isArray(value)) return value.map((item) => mask(item, node.items ?? {}, isSecret));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => {
        const own = node.properties?.[name] ?? {};
        return [name, mask(inner, own, isSecret || isSecretSetting(name, own))];
      }),
    );
  }
  if (isSecret && (typeof value === "string" || typeof value === "number" || isExactNumber(value))) return masked;
  return typeof value === "string" ? value.replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):(?!\$)[^\s@/]+@/gi, `$1:${masked}@`) : value;
}

function isReferenceText(value: unknown): boolean {
  return typeof value === "string" && /^(\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\})+$/.test(value);
}

function holdsMask(value: unknown): boolean {
  if (typeof value === "string") return value.includes(masked);
  return typeof value === "object" && value !== null && !isExactNumber(value) && Object.values(value).some(holdsMask);
}

function layerName(layer: readonly (string | number)[], plugin: string): string | undefined {
  const parts = layer.map(String);
  const [owner, environment] = parts[0] === "environments" ? [parts[3], parts[1]] : [parts[1], undefined];
  const names = [environment, owner === plugin ? undefined : owner].filter((part) => part !== undefined);
  return names.length === 0 ? undefined : names.join(", ");
}
