/** A setting's value as a person types it: JSON where it is that, text otherwise. */
import { parseExact } from "@tapline/protocol";

interface SettingNode {
  type?: unknown;
  properties?: Record<string, SettingNode>;
  items?: SettingNode;
}

/** `type` is what the plugin says the setting is; a setting of text takes what was typed as it is. */
export function readSettingValue(typed: string, type?: unknown): unknown {
  const types = [type].flat();
  if (types.includes("string") && !types.some((name) => ["object", "array", "number", "integer", "boolean"].includes(String(name))))
    return typed;
  try {
    return parseExact(typed);
  } catch {
    return typed;
  }
}

/** The schema of a setting inside of others: `files.0.path`. */
export function settingAt(schema: object | undefined, path: readonly string[]): SettingNode | undefined {
  return path.reduce<SettingNode | undefined>(
    (node, name) => (/^\d+$/.test(name) && node?.items ? node.items : node?.properties?.[name]),
    schema,
  );
}
