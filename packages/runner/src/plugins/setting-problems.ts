/** Checks settings against the schema in a plugin's `--about`. */

import { didYouMean, isExactNumber, isObject, type ReportedAbout, type SettingSchema } from "@tapline/protocol";
import type { ErrorObject, ValidateFunction } from "ajv";
import { isSecretSetting } from "../model/secrets.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { typeNames } from "../project/check-form.ts";
import { readReference } from "../project/variables.ts";

/** What is wrong with all settings, without their values, which may be secret; [] where the plugin has no schema. */
export async function settingProblems({ plugin, about }: Pick<ReadyPlugin, "plugin" | "about">): Promise<string[]> {
  // A number from a variable is text, and plugins accept that.
  const found = await validate(about, plugin.config, { coerceTypes: true });
  return found.map((error) => describe(error, ""));
}

/** What is wrong with the setting at a path of a config whose references are not replaced. The value is shown, except of a secret. */
export async function valueProblems(
  about: ReportedAbout | null,
  config: Record<string, unknown>,
  path: readonly string[],
): Promise<string[]> {
  const start = `/${path.map((key) => key.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
  const found = await validate(about, config, { coerceTypes: false });
  return found.flatMap((error) => {
    const isOwn = error.instancePath === start || error.instancePath.startsWith(`${start}/`);
    if (!isOwn || isReference(error.data)) return [];
    return [describe(error, isSecret(about?.settings, error.instancePath) ? "" : shown(error.data))];
  });
}

interface Found {
  instancePath: string;
  keyword: string;
  params: Record<string, unknown>;
  message: string | undefined;
  data: unknown;
  /** Of a value that may have several forms: what each of them is. */
  forms: string[];
}

async function validate(
  about: ReportedAbout | null,
  config: Record<string, unknown>,
  { coerceTypes }: { coerceTypes: boolean },
): Promise<Found[]> {
  if (about?.settings === undefined) return [];
  const { $schema: _, ...schema } = about.settings;
  // Loaded only here, because it takes a while.
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  let check: ValidateFunction;
  try {
    check = new Ajv2020({ allErrors: true, strict: false, verbose: true, validateFormats: false, coerceTypes }).compile(schema);
  } catch {
    // The schema of a foreign plugin may be of another draft, or no valid schema.
    return [];
  }
  if (check(JSON.parse(JSON.stringify(config)))) return [];
  return withoutForms((check.errors ?? []) as ErrorObject[]);
}

/** Of a value with several forms, Ajv reports why each of them does not fit. Kept is what is wrong inside it, else the list of forms. */
function withoutForms(errors: readonly ErrorObject[]): Found[] {
  const choices = errors.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
  return errors.flatMap((error) => {
    const { instancePath, keyword, params, message, data } = error;
    const found = { instancePath, keyword, params, message, data, forms: [] };
    const choice = choices.find((each) => each.instancePath === instancePath);
    if (choice === undefined) return [found];
    if (choice !== error || errors.some((each) => each.instancePath.startsWith(`${instancePath}/`))) return [];
    const forms = errors.filter((each) => each.instancePath === instancePath && each.schemaPath.startsWith(`${error.schemaPath}/`));
    return [{ ...found, forms: [...new Set(forms.map(formOf))] }];
  });
}

function formOf({ keyword, params, message }: ErrorObject): string {
  if (keyword === "const") return String(params.allowedValue);
  if (keyword === "enum") return (params.allowedValues as unknown[]).map(String).join(" or ");
  return keyword === "type" ? typeText(params.type) : String(message).replace(/^must be /, "");
}

/** `value` is shown if it is not "". */
function describe({ instancePath, keyword, params, message, data, forms }: Found, value: string): string {
  const name = instancePath.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
  const inner = (key: unknown): string => (name === "" ? String(key) : `${name}.${String(key)}`);
  const given = value === "" ? `but is ${kindOf(data)}` : `but ${value} was given`;
  const oneOf = (values: readonly unknown[]): string => {
    const meant = typeof data === "string" && value !== "" ? didYouMean(data, values.map(String)) : undefined;
    return `${name} must be ${values.map(String).join(" or ")}, ${given}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
  };
  switch (keyword) {
    case "required":
      return `${inner(params.missingProperty)} is missing`;
    case "additionalProperties":
      return `${inner(params.additionalProperty)} is not a setting`;
    case "type":
      return `${name} must be ${typeText(params.type)}, ${given}`;
    case "enum":
      return oneOf(params.allowedValues as unknown[]);
    case "const":
      return oneOf([params.allowedValue]);
    case "anyOf":
    case "oneOf":
      return forms.length === 0 ? `${name} has none of its possible forms, ${given}` : oneOf(forms);
    case "pattern":
      return `${name} must match ${String(params.pattern)}, ${given}`;
    default:
      return `${name === "" ? "the config" : name} ${message ?? "is not valid"}, ${given}`;
  }
}

const typeText = (type: unknown): string =>
  [type]
    .flat()
    .map((each) => typeNames[String(each)] ?? String(each))
    .join(" or ");

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  return typeText(Array.isArray(value) ? "array" : typeof value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** A variable, or a reference to a file or a command: its value is known only when the plugin starts. */
function isReference(value: unknown): boolean {
  return readReference(value) !== undefined || (typeof value === "string" && /\$(\{[A-Za-z_]\w*\}|[A-Za-z_])/.test(value));
}

function isSecret(schema: SettingSchema | undefined, instancePath: string): boolean {
  let node: SettingSchema = schema ?? {};
  return instancePath
    .slice(1)
    .split("/")
    .some((key) => {
      node = (/^\d+$/.test(key) ? node.items : node.properties?.[key]) ?? {};
      return isSecretSetting(key, node);
    });
}

/** The config with another value at a path; lists and objects on the way are made where there are none. */
export function withSetting(config: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(config)) return config.toSpliced(Number(first), 1, withSetting(config[Number(first)], rest, value));
  const own = isObject(config) && !isExactNumber(config) ? config : {};
  return { ...own, [first]: withSetting(own[first], rest, value) };
}
