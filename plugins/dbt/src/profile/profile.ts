/**
 * The profile dbt connects with, made from a target's settings. Every text in it comes from an environment variable: secrets by
 * names that dbt itself keeps out of its logs (DBT_ENV_SECRET_…), and the others so that no character in them is taken for Jinja.
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
  /** For dbt's process. */
  env: Record<string, string>;
}

export const profileName = "tapline";

/** Writes profiles.yml into the private folder. @throws target_unsupported, what the target's settings can have wrong */
export function writeProfile(config: Config, { plugins, environment, project }: RunContext, privateFolder: string): Profile {
  const target = plugins[config.target];
  const adapter = adapterOf(target?.executable ?? "");
  if (target === undefined || adapter === undefined)
    throw errors.target_unsupported({ target: config.target, executable: target?.executable ?? "not in tapline.yml" });
  const own = adapter === "duckdb" ? duckdbOutput(target.config, project) : postgresOutput(target.config, privateFolder);
  const { output, env } = intoVariables({ type: adapter, ...own, schema: config.schema, threads: config.threads });
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
