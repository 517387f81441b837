/**
 * Makes the config that a plugin uses from the one it was given: resolves aliases, reports unknown keys, checks each value against
 * the schema, and fills in defaults.
 */

import type { TObject } from "@tapline/protocol";
import { didYouMean } from "@tapline/protocol";
import type { ErrorObject } from "ajv/dist/2020.js";
import { newAjv } from "../ajv.ts";
import { errors } from "../errors.ts";
import type { SettingAliases } from "./define.ts";
import { foreignSettings } from "./foreign-settings.ts";
import { isPlainlyValid } from "./plain-check.ts";

export interface CheckedConfig<T> {
  config: T;
  /** Sentences for the log about settings that were ignored. */
  warnings: string[];
}

interface Problem {
  text: string;
  /** Its path: keys and list indexes with dots. */
  setting: string;
}

interface SchemaNode {
  type?: string;
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
}

/**
 * Checks a config and fills in defaults. `given` stays as it is.
 * @throws config_invalid (with all problems at once), config_unsupported
 * @example const { config, warnings } = checkConfig<Config>("tap-x", tap.config, { url: "https://…" }, tap.aliases);
 */
export function checkConfig<T>(
  plugin: string,
  schema: TObject,
  given: Record<string, unknown>,
  aliases: SettingAliases = {},
): CheckedConfig<T> {
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const config = resolveAliases(structuredClone(given), aliases, problems);
  const node = schema as unknown as SchemaNode;
  for (const [key, value] of Object.entries(config)) {
    if (Object.hasOwn(node.properties ?? {}, key)) continue;
    if (Object.hasOwn(foreignSettings, key)) warnings.push(...ignoreForeign(plugin, key, value));
    else unknownKey(key, key, [...Object.keys(node.properties ?? {}), ...Object.keys(aliases)], problems, warnings);
    delete config[key];
  }
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    if (Object.hasOwn(config, key)) config[key] = fromText(config[key], child);
    checkNested(config[key], child, key, problems, warnings);
  }
  if (!isPlainlyValid(schema, config)) {
    const validate = newAjv({ allErrors: true, useDefaults: true, logger: false }).compile(schema);
    if (!validate(config)) problems.push(...describeProblems(validate.errors ?? [], config));
  }
  const [first] = problems;
  if (first !== undefined)
    throw errors.config_invalid({ problems: [...new Set(problems.map(({ text }) => text))], plugin }, { setting: first.setting });
  return { config: config as T, warnings };
}

function resolveAliases(config: Record<string, unknown>, aliases: SettingAliases, problems: Problem[]): Record<string, unknown> {
  for (const [alias, name] of Object.entries(aliases)) {
    if (!Object.hasOwn(config, alias)) continue;
    if (Object.hasOwn(config, name)) problems.push({ text: `${alias} and ${name} are the same setting: give one of them`, setting: alias });
    else config[name] = config[alias];
    delete config[alias];
  }
  return config;
}

function ignoreForeign(plugin: string, key: string, value: unknown): string[] {
  const setting = foreignSettings[key];
  if (setting?.changesData !== undefined && !setting.off?.(value)) {
    throw errors.config_unsupported({ setting: key, why: setting.changesData });
  }
  return [`the setting ${key} does nothing in ${plugin} and is ignored`];
}

function unknownKey(key: string, path: string, known: readonly string[], problems: Problem[], warnings: string[]): void {
  const near = didYouMean(key, known);
  if (near === undefined) warnings.push(`the setting ${path} is unknown and is ignored`);
  else problems.push({ text: `${path} is not a setting; did you mean ${near}?`, setting: path.replaceAll(/\[(\d+)\]/g, ".$1") });
}

/** Converts text to a number, true or false where the setting wants one: environment variables hold text only (`port: $PGPORT`). */
function fromText(value: unknown, { type }: SchemaNode): unknown {
  const wanted = type === "integer" ? "number" : type;
  if (typeof value !== "string" || (wanted !== "number" && wanted !== "boolean")) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === wanted ? parsed : value;
  } catch {
    return value;
  }
}

/** Unknown keys inside objects and lists of objects. */
function checkNested(value: unknown, node: SchemaNode, path: string, problems: Problem[], warnings: string[]): void {
  if (Array.isArray(value) && node.items) {
    for (const [index, item] of value.entries()) checkNested(item, node.items, `${path}[${index}]`, problems, warnings);
  } else if (node.properties && typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, item] of Object.entries(value)) {
      const child = node.properties[key];
      if (child === undefined) unknownKey(key, `${path}.${key}`, Object.keys(node.properties), problems, warnings);
      else checkNested(item, child, `${path}.${key}`, problems, warnings);
    }
  }
}

/** "files[0].delimiter must be string, but is a number". Values are not shown: any of them may be a secret. */
function describeProblems(found: readonly ErrorObject[], config: unknown): Problem[] {
  const textOf = (error: ErrorObject): string => {
    const path = error.instancePath
      .slice(1)
      .replaceAll(/\/(\d+)/g, "[$1]")
      .replaceAll("/", ".");
    if (error.keyword === "required") return `${path === "" ? "" : `${path}.`}${error.params.missingProperty} is missing`;
    const value = error.instancePath
      .slice(1)
      .split("/")
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], config);
    if (error.keyword === "const" || error.keyword === "anyOf") {
      const values = allowed(found, error.instancePath);
      if (values.length > 0) return `${path} must be one of ${values.join(", ")}`;
      return `${path} must be ${types(found, error.instancePath).join(" or ")}, but is ${typeName(value)}`;
    }
    if (error.keyword === "type") return `${path} ${error.message}, but is ${typeName(value)}`;
    // A number out of its bounds says nothing that is secret.
    return `${path} ${error.message}${typeof value === "number" ? `, but is ${value}` : ""}`;
  };
  const shown = found.filter((error) => !isOfOtherChoice(error, found));
  return shown.map((error) => ({ text: textOf(error), setting: error.instancePath.slice(1).replaceAll("/", ".") }));
}

/**
 * Of a value that may be of several types: where it is of one of them and wrong inside, only that matters; else the one error that names
 * them all.
 */
function isOfOtherChoice({ keyword, instancePath: path, schemaPath }: ErrorObject, found: readonly ErrorObject[]): boolean {
  const isChoice = keyword === "type" && /\/anyOf\/\d+\/type$/.test(schemaPath);
  if (!isChoice && keyword !== "anyOf") return false;
  if (isChoice && found.some((each) => each.keyword === "anyOf" && each.instancePath === path)) return true;
  const isInside = (each: ErrorObject): boolean =>
    each.instancePath.startsWith(`${path}/`) || (each.instancePath === path && !["type", "const", "anyOf"].includes(each.keyword));
  return found.some(isInside);
}

function allowed(found: readonly ErrorObject[], path: string): string[] {
  return found.filter((e) => e.instancePath === path && e.keyword === "const").map((e) => JSON.stringify(e.params.allowedValue));
}

function types(found: readonly ErrorObject[], path: string): string[] {
  return found
    .filter((e) => e.instancePath === path && e.keyword === "type")
    .map((e) => typeWords[String(e.params.type)] ?? String(e.params.type));
}

const typeWords: Record<string, string> = { array: "a list", object: "an object" };

const typeName = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : value === undefined ? "missing" : `a ${typeof value}`;
