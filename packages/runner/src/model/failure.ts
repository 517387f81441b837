/** Why a run failed, in the form that is shown, logged and stored. */
import type { PluginError, TaplineError } from "@tapline/protocol";
import type { Plugin } from "./plugin.ts";

export interface Failure extends PluginError {
  /** The plugin's name, or "tapline". */
  plugin: string;
}

export function asFailure(plugin: string, error: TaplineError): Failure {
  const { code, message, hint, recovery, position } = error;
  return { plugin, code, message, hint, class: error.class, recovery, position };
}

/** Adds the line of tapline.yml to the failure of a plugin that names a wrong setting. */
export function locateSetting(failure: Failure, { positionOf }: Pick<Plugin, "positionOf">): Failure {
  const { setting, file } = failure.position;
  if (setting === undefined || file !== undefined) return failure;
  return { ...failure, position: { ...failure.position, ...positionOf(setting) } };
}
