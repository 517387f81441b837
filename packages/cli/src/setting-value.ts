/** Reads a setting's value as a person typed it: as JSON if it is JSON, a list or an object also in the form of YAML, else as text. */
import { parseExact, type SettingSchema } from "@tapline/protocol";
import { readFlow } from "@tapline/runner";

/** `type` is from the schema of the setting. For a setting that is text, the typed value is taken as it is. */
export function readSettingValue(typed: string, type?: unknown): unknown {
  const types = [type].flat();
  if (types.includes("string") && !types.some((name) => ["object", "array", "number", "integer", "boolean"].includes(String(name))))
    return typed;
  try {
    return parseExact(typed);
  } catch {
    const isList = types.includes("array") || types.includes("object");
    return isList && !types.includes("string") ? (readFlow(typed) ?? typed) : typed;
  }
}

/** The schema of a setting by its path, such as `files.0.path`. */
export function settingAt(schema: SettingSchema | undefined, path: readonly string[]): SettingSchema | undefined {
  return path.reduce<SettingSchema | undefined>(
    (node, name) => (/^\d+$/.test(name) && node?.items ? node.items : node?.properties?.[name]),
    schema,
  );
}
