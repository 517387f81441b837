/**
 * The profile that dbt connects with, made from the settings of a target. Every text in it is read from an environment variable: secrets
 * from names that dbt keeps out of its logs (DBT_ENV_SECRET_…), other texts so that none of their characters is read as Jinja.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunContext } from "@tapline/protocol";
import type { Config } from "../config.ts";
import { type Adapter, adapterOf } from "../environment/packages.ts";
import { errors } from "../errors.ts";
import { duckdbOutput } from "./duckdb-output.ts";
import { type Output, Secret } from "./output.ts";
import { postgresOutput } from "./postgres-output.ts";

export interface Profile {
  adapter: Adapter;
  /** Environment variables for dbt. */
  env: Record<string, string>;
}

const profileName = "tapline";

/** Writes profiles.yml into the private folder. @throws target_unsupported and the errors of the target's settings */
export function writeProfile(config: Config, { plugins, environment, project }: RunContext, privateFolder: string): Profile {
  const target = plugins[config.target];
  const adapter = adapterOf(target?.executable ?? "");
  if (target === undefined || adapter === undefined)
    throw errors.target_unsupported({ target: config.target, executable: target?.executable ?? "not in tapline.yml" });
  const connection = adapter === "duckdb" ? duckdbOutput(target.config, project) : postgresOutput(target.config, privateFolder);
  const { output, env } = intoVariables({ type: adapter, ...connection, schema: config.schema, threads: config.threads });
  const profile = { [profileName]: { target: environment, outputs: { [environment]: output } } };
  // JSON is YAML.
  writeFileSync(join(privateFolder, "profiles.yml"), JSON.stringify(profile), { mode: 0o600 });
  return { adapter, env: { ...env, DBT_PROFILES_DIR: privateFolder, DBT_PROFILE: profileName, DBT_TARGET: environment } };
}

function intoVariables(values: Output): { output: object; env: Record<string, string> } {
  const env: Record<string, string> = {};
  const output = Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (typeof value !== "string" && !(value instanceof Secret)) return [[key, value]];
    const isSecret = value instanceof Secret;
    const variable = `${isSecret ? "DBT_ENV_SECRET_" : ""}TAPLINE_${key.toUpperCase()}`;
    env[variable] = isSecret ? value.text : value;
    return [[key, `{{ env_var('${variable}') | as_text }}`]];
  });
  return { output: Object.fromEntries(output), env };
}
