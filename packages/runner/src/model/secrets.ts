/** Which values of a project are secrets. Plugins may print them, so they are replaced in every text that is shown or stored. */
import { isSecretName, type Redact, type ReportedAbout, redactor, type SecretSchema, secretValues } from "@tapline/protocol";
import type { Plugin } from "./plugin.ts";

/** Whether a setting's value is a secret, by its schema in `--about` or by its name. */
export function isSecretSetting(name: string, schema: SecretSchema = {}): boolean {
  return schema.secret === true || isSecretName(name);
}

/** Replaces the secrets of these plugins' settings and environment, variables with a secret's name, what files and commands gave, and passwords in URLs. */
export function createRedactor(plugins: readonly { plugin: Plugin; about: ReportedAbout | null }[]): Redact {
  return redactor(
    plugins.flatMap(({ plugin, about }) => [
      ...secretValues(plugin.config, about?.settings ?? {}),
      ...secretValues(plugin.env, {}),
      ...[...plugin.usedVariables].flatMap(([variable, value]) => (isSecretName(variable) ? [value] : [])),
      ...plugin.fetched,
    ]),
  );
}
