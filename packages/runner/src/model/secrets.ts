/** Takes secrets out of every text that is shown or stored, by value: what plugins print can't be trusted to leave them out. */

import { isExactNumber } from "@tapline/protocol";
import type { About } from "./about.ts";
import type { Plugin } from "./plugin.ts";

const secretName = /pass(word|wd|phrase)|secret|token$|api_?key|private_?key|access_?key|credential|authorization/i;

/** Whether a setting's value is secret, by what `--about` says of it or by its name. */
export function isSecretSetting(name: string, node: SettingNode = {}): boolean {
  return node.secret === true || secretName.test(name);
}

/** Values of fewer characters would blot out half of every text. */
const minLength = 4;

export type Redact = (text: string) => string;

/** Secret are: settings that `--about` marks, settings, variables and env entries with a secret's name, what files and commands gave, passwords in URLs. */
export function createRedactor(plugins: readonly { plugin: Plugin; about: About | null }[]): Redact {
  const found = new Set<string>();
  for (const { plugin, about } of plugins) {
    for (const value of secretsIn(plugin.config, about?.settings ?? {}, false)) found.add(value);
    for (const value of secretsIn(plugin.env, {}, false)) found.add(value);
    for (const [variable, value] of plugin.usedVariables) if (isSecretName(variable)) found.add(value);
    for (const value of plugin.fetched) found.add(value);
  }
  const secrets = [...found].filter((value) => value.length >= minLength).sort((a, b) => b.length - a.length);
  const spellings = new Set(secrets.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]));
  return (text) => {
    let clean = text;
    for (const spelling of spellings) clean = clean.replaceAll(spelling, "***");
    return clean.replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, "$1:***@");
  };
}

export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** A copy of any JSON value with each string redacted. */
export function redactDeep<T>(value: T, redact: Redact): T {
  if (typeof value === "string") return redact(value) as T;
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, redact)) as T;
  if (typeof value !== "object" || value === null || isExactNumber(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactDeep(inner, redact)])) as T;
}

export interface SettingNode {
  secret?: boolean;
  properties?: Record<string, SettingNode>;
  items?: SettingNode;
}

function* secretsIn(value: unknown, schema: SettingNode, isSecret: boolean): Generator<string> {
  if (typeof value === "string") {
    if (isSecret) yield value;
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s@/]+)@/i.exec(value)?.[1];
    if (password !== undefined) yield password;
  } else if (typeof value === "number" || isExactNumber(value)) {
    if (isSecret) yield JSON.stringify(value);
  } else if (Array.isArray(value)) {
    for (const item of value) yield* secretsIn(item, schema.items ?? {}, isSecret);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const node = schema.properties?.[key] ?? {};
      yield* secretsIn(inner, node, isSecret || node.secret === true || isSecretName(key));
    }
  }
}
