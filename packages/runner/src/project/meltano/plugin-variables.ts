/** The variables that Meltano gives a plugin, and by which settings refer to each other. Pure. */
import { isObject } from "@tapline/protocol";
import type { MeltanoPlugin } from "../../model/meltano.ts";
import type { Project } from "../../model/project.ts";
import { variablesIn } from "../project.ts";
import { variableName } from "./names.ts";
import { expandLayers } from "./run-variables.ts";
import { asText } from "./source.ts";

/** Who the plugin is, such as MELTANO_EXTRACTOR_NAME. */
export function infoVariables({ type, namespace, variant }: MeltanoPlugin, name: string): Record<string, string> {
  const prefix = variableName("meltano", type);
  return {
    [`${prefix}_NAME`]: name,
    [`${prefix}_NAMESPACE`]: namespace,
    ...(variant === undefined ? {} : { [`${prefix}_VARIANT`]: variant }),
  };
}

/** Each setting as variables, such as TAP_GITHUB_AUTH_TOKEN and MELTANO_EXTRACT_AUTH_TOKEN. */
export function settingVariables(
  plugin: MeltanoPlugin,
  config: Readonly<Record<string, unknown>>,
  environment: string,
): Record<string, string> {
  const variables: Record<string, string> = {};
  const set = (setting: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    const names = plugin.prefixes.map((prefix) => variableName(prefix, setting));
    for (const name of [plugin.variables[setting], ...names]) if (name !== undefined) variables[name] = asText(value);
  };
  const visit = (at: Readonly<Record<string, unknown>>, above: string): void => {
    for (const [key, value] of Object.entries(at)) {
      set(`${above}${key}`, value);
      if (isObject(value)) visit(value, `${above}${key}.`);
    }
  };
  visit(config, "");
  if (plugin.type === "extractor") set("_load_schema", plugin.loadSchemas[environment] ?? plugin.loadSchemas[""] ?? plugin.namespace);
  return variables;
}

export interface VariablesRequest {
  name: string;
  environment: string;
  /** Of the plugins before it in the pipe. */
  handedOn: Readonly<Record<string, string>>;
  /** Of its entry. */
  env: Readonly<Record<string, string>> | undefined;
}

/** `all`: what its settings may refer to. `shared`: what it is given besides its own `env`. */
export function variablesOf(project: Project, { name, environment, handedOn, env }: VariablesRequest): ReturnType<typeof variablesIn> {
  const facts = project.meltano?.plugins;
  const info = facts !== undefined && Object.hasOwn(facts, name) ? infoVariables(facts[name] as MeltanoPlugin, name) : {};
  const { all, shared } = variablesIn(project, environment);
  return { all: expandLayers({ ...all, ...handedOn, ...info }, env ?? {}), shared: { ...handedOn, ...info, ...shared } };
}
